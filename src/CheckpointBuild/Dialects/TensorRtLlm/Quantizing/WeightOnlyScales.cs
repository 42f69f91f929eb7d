using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>The scale of each row of a matrix of integers, in the matrix's own dtype: a column.</summary>
/// <param name="Source">The matrix [out, in].</param>
/// <param name="Bits">Bits of an integer: 4 or 8.</param>
internal sealed record WeightOnlyScales(Tensor Source, int Bits) : Tensor(Source.Name, Source.DType, new Shape(Source.Rows, 1))
{
    /// <inheritdoc/>
    public override string Derivation => $"scales(int{Bits}, {Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source];

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        int columns = Source.Columns, bytes = checked((int)Source.RowBytes(0));
        using Band values = workspace.Lend(checked(columns * sizeof(float)));
        Span<float> row = MemoryMarshal.Cast<byte, float>(values.Codes)[..columns];

        // A column is read at once; its matrix in runs of rows that fit a band.
        int run = Math.Max(1, RunBytes / Math.Max(1, bytes));
        Span<float> one = stackalloc float[1];
        for (int done = 0; done < rows.Count; done += run)
        {
            int count = Math.Min(run, rows.Count - done);
            using Band band = Source.ReadBand(new RowRange(rows.Start + done, count), workspace);
            for (int i = 0; i < count; i++)
            {
                Source.DType.Decode(new Planes(band.Codes.Slice(i * bytes, bytes)), columns, row);
                one[0] = WeightOnlyRounding.ScaleOf(row, Bits);
                DType.Encode(one, 1, new Planes(destination.Codes.Slice((done + i) * DType.BlockBytes, DType.BlockBytes)));
            }
        }
    }

    private const int RunBytes = 256 << 10;
}
