using System;
using System.Collections.Immutable;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>The same numbers with something added: the norms of a family that stores their difference from 1. Computed in float32; float16 stays float16, all else becomes float32.</summary>
/// <param name="Source">The numbers.</param>
/// <param name="Offset">What is added to each.</param>
public sealed record Affine(Tensor Source, int Offset) : Tensor(Source.Name, Source.DType == DType.F16 ? DType.F16 : DType.F32, Source.Shape)
{
    /// <inheritdoc/>
    public override string Derivation => $"add({Offset}, {Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source];

    /// <summary>Adds something; nothing is not added, and what was added and is taken away again was never there.</summary>
    /// <param name="source">The numbers.</param>
    /// <param name="offset">What is added to each.</param>
    /// <returns>The sums under the source's name.</returns>
    public static Tensor Of(Tensor source, int offset) => source switch
    {
        _ when offset == 0 => source,
        Affine inner when inner.Offset == -offset => inner.Source,
        _ => new Affine(source, offset),
    };

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        using Band band = Source.ReadBand(rows, workspace);
        using Band scratch = workspace.Lend(checked(rows.Count * Columns * sizeof(float)));
        Span<float> values = MemoryMarshal.Cast<byte, float>(scratch.Codes);
        Source.DType.Decode(band.Planes, Columns, values);
        TensorPrimitives.Add(values, (float)Offset, values);
        DType.Encode(values, Columns, destination);
    }
}
