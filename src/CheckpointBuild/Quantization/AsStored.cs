using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Quantization;

/// <summary>Every tensor keeps its dtype and its bits; a block dtype that the target cannot hold is expanded to <paramref name="Expanded"/>.</summary>
/// <param name="Expanded">What quantized tensors become.</param>
public sealed record AsStored(DType Expanded) : QuantizationPolicy
{
    /// <inheritdoc/>
    public override string Name => "as stored";

    /// <inheritdoc/>
    public override DType TypeFor(TensorRole role, Tensor tensor) => tensor.DType.IsQuantized ? Expanded : tensor.DType;
}
