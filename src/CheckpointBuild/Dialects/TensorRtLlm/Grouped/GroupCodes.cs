using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Grouped;

/// <summary>Four-bit codes, two rows to a byte: row 2i in the low half, row 2i + 1 in the high one.</summary>
/// <param name="Source">The matrix, float32 [out, in], its columns scaled.</param>
/// <param name="Importance">What an error's square counts, column by column.</param>
/// <param name="Rounding">How groups are rounded.</param>
internal sealed record GroupCodes(Tensor Source, GroupImportance Importance, GroupRounding Rounding) : Tensor(Source.Name, DType.I8, new Shape(Source.Rows / 2, Source.Columns))
{
    /// <inheritdoc/>
    public override string Derivation => $"int4({Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source, .. Importance.Sources];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        float[] importance = Importance.Of(workspace);
        int columns = Columns;
        for (int i = 0; i < rows.Count; i++)
        {
            using Band band = Source.ReadBand(new RowRange(2 * (rows.Start + i), 2), workspace);
            ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(band.Codes);
            Span<byte> codes = destination.Codes.Slice(i * columns, columns);
            for (int half = 0; half < 2; half++)
            {
                for (int start = 0; start < columns; start += Rounding.Size)
                {
                    int count = Math.Min(Rounding.Size, columns - start);
                    ReadOnlySpan<float> group = values.Slice((half * columns) + start, count);
                    float scale = GroupRounding.ScaleOf(group, importance.AsSpan(start, count));
                    for (int c = 0; c < count; c++)
                    {
                        int code = GroupRounding.CodeOf(group[c], scale) & 0xF;
                        codes[start + c] = (byte)(half == 0 ? code : codes[start + c] | (code << 4));
                    }
                }
            }
        }
    }
}
