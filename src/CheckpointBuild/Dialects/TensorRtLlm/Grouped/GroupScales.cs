using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Grouped;

/// <summary>The scales of a matrix's groups, float32 [out, in / size].</summary>
/// <param name="Source">The matrix, float32 [out, in], its columns scaled.</param>
/// <param name="Importance">What an error's square counts, column by column.</param>
/// <param name="Rounding">How groups are rounded.</param>
internal sealed record GroupScales(Tensor Source, GroupImportance Importance, GroupRounding Rounding) : Tensor(Source.Name, DType.F32, new Shape(Source.Rows, Source.Columns / Rounding.Size))
{
    /// <inheritdoc/>
    public override string Derivation => $"scales({Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source, .. Importance.Sources];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        float[] importance = Importance.Of(workspace);
        int columns = Source.Columns, groups = Columns;
        using Band band = Source.ReadBand(rows, workspace);
        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(band.Codes);
        Span<float> scales = MemoryMarshal.Cast<byte, float>(destination.Codes);
        for (int i = 0; i < scales.Length; i++)
        {
            int start = i % groups * Rounding.Size;
            scales[i] = GroupRounding.ScaleOf(values.Slice((i / groups * columns) + start, Rounding.Size), importance.AsSpan(start, Rounding.Size));
        }
    }
}
