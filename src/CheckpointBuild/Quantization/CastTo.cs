using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Quantization;

/// <summary>Every tensor becomes one float dtype. One whose numbers are not computed with is refused where it is read (CKPT3004): what is asked for cannot be done, and left as it is it would pass for done.</summary>
/// <param name="DType">The dtype.</param>
public sealed record CastTo(DType DType) : QuantizationPolicy
{
    /// <inheritdoc/>
    public override string Name => DType.LongName;

    /// <inheritdoc/>
    public override DType TypeFor(TensorRole role, Tensor tensor) => DType;
}
