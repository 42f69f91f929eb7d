using System;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Quantization;

/// <summary>The types that llama.cpp's converter gives: vectors, norms, biases, position tables and routers stay float32, matrices get the file's type, and float16 where their rows do not fit its blocks.</summary>
/// <param name="FileType">The kind of file.</param>
public sealed record GgufPolicy(GgufFileType FileType) : QuantizationPolicy
{
    /// <inheritdoc/>
    public override string Name => FileType.Name;

    /// <inheritdoc/>
    public override DType TypeFor(TensorRole role, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Shape.Rank < 2 || role.Part == TensorPart.Bias || IsKeptWide(role.Kind) || !tensor.DType.HasValues)
        {
            return DType.F32;
        }

        return FileType.DType.Fits(tensor.Shape.Columns) ? FileType.DType : DType.F16;
    }

    // Of the matrices; norms of single heads are one.
    private static bool IsKeptWide(RoleKind kind) => kind is RoleKind.QueryNorm or RoleKind.KeyNorm or RoleKind.PositionEmbedding or RoleKind.Router or RoleKind.SharedRouter;
}
