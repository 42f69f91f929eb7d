using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Grouped;

/// <summary>The scale that brings four-bit weights, decoded, into FP8's range: their largest magnitude over 448.</summary>
/// <param name="Source">The weights before rounding, float32 [out, in].</param>
/// <param name="Importance">What weighs errors of rounding.</param>
/// <param name="Rounding">How groups are rounded.</param>
internal sealed record DecodedBound(Tensor Source, GroupImportance Importance, GroupRounding Rounding) : Tensor(Source.Name, DType.F32, new Shape(1))
{
    // Rows read at once.
    private const int BandRows = 64;

    /// <inheritdoc/>
    public override string Derivation => $"bound({Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source, .. Importance.Sources];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        float[] importance = Importance.Of(workspace);
        float most = 0;
        for (long start = 0; start < Source.Rows; start += BandRows)
        {
            using Band band = Source.ReadBand(new RowRange(start, (int)Math.Min(BandRows, Source.Rows - start)), workspace);
            ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(band.Codes);
            for (int at = 0; at < values.Length; at += Rounding.Size)
            {
                // Groups end where rows end.
                ReadOnlySpan<float> group = values.Slice(at, Rounding.Size);
                float scale = GroupRounding.ScaleOf(group, importance.AsSpan(at % Source.Columns, Rounding.Size));
                foreach (float value in group)
                {
                    most = Math.Max(most, Math.Abs(GroupRounding.CodeOf(value, scale) * scale));
                }
            }
        }

        MemoryMarshal.Cast<byte, float>(destination.Codes)[0] = most == 0 ? 1 : most / Float8.Largest;
    }
}
