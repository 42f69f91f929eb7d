using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Smoothing;

/// <summary>The largest magnitude of each row: a column.</summary>
/// <param name="Source">A matrix [out, in].</param>
internal sealed record RowMagnitudes(Tensor Source) : Tensor(Source.Name, DType.F32, new Shape(Source.Rows, 1))
{
    private const int RunBytes = 256 << 10;

    // No row counts for less, so that nothing is divided by zero.
    private const float Least = 1e-8f;

    /// <inheritdoc/>
    public override string Derivation => $"rows' magnitudes({Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source];

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        int columns = Source.Columns, bytes = checked((int)Source.RowBytes(0)), run = Math.Max(1, RunBytes / Math.Max(1, bytes));
        Span<float> largest = MemoryMarshal.Cast<byte, float>(destination.Codes);
        using Band values = workspace.Lend(checked(columns * sizeof(float)));
        Span<float> row = MemoryMarshal.Cast<byte, float>(values.Codes)[..columns];
        for (int done = 0; done < rows.Count; done += run)
        {
            int count = Math.Min(run, rows.Count - done);
            using Band band = Source.ReadBand(new RowRange(rows.Start + done, count), workspace);
            for (int i = 0; i < count; i++)
            {
                Source.DType.Decode(new Planes(band.Codes.Slice(i * bytes, bytes)), columns, row);
                largest[done + i] = MathF.Max(Least, BitConverter.UInt32BitsToSingle(Magnitude.Largest(row)));
            }
        }
    }
}
