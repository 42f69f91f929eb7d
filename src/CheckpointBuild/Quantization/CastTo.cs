using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Quantization;

/// <summary>Every tensor of numbers becomes one float dtype.</summary>
/// <param name="DType">The dtype.</param>
public sealed record CastTo(DType DType) : QuantizationPolicy
{
    /// <inheritdoc/>
    public override string Name => DType.LongName;

    /// <inheritdoc/>
    public override DType TypeFor(TensorRole role, Tensor tensor) => tensor.DType.HasValues ? DType : tensor.DType;
}
