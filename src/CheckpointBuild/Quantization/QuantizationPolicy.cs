using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Quantization;

/// <summary>Which dtype each tensor gets. How well a dtype's scales are chosen is a quantization method's matter.</summary>
public abstract record QuantizationPolicy
{
    /// <summary>What reports call it: a dtype, a file type of llama.cpp, or <c>as stored</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The dtype that a tensor gets.</summary>
    /// <param name="role">What it is.</param>
    /// <param name="tensor">The tensor as it comes.</param>
    /// <returns>A dtype that its rows fit.</returns>
    public abstract DType TypeFor(TensorRole role, Tensor tensor);
}
