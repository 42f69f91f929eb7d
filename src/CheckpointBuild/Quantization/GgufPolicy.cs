using System;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Quantization;

/// <summary>The types that llama.cpp's converter gives: vectors, norms and biases stay float32, matrices get the file's type, and float16 where their rows do not fit its blocks.</summary>
/// <param name="FileType">The kind of file.</param>
public sealed record GgufPolicy(GgufFileType FileType) : QuantizationPolicy
{
    /// <inheritdoc/>
    public override string Name => FileType.Name;

    /// <inheritdoc/>
    public override DType TypeFor(TensorRole role, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Shape.Rank < 2 || role.Part == TensorPart.Bias || !tensor.DType.HasValues)
        {
            return DType.F32;
        }

        return FileType.DType.Fits(tensor.Shape.Columns) ? FileType.DType : DType.F16;
    }
}
