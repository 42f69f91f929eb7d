using System;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;
using Tensor = CheckpointBuild.Tensors.Tensor;

namespace CheckpointBuild.Runtime;

/// <summary>Reads a tensor into a matrix, and refuses weights that are not finite while they are still in the cache.</summary>
/// <param name="tensor">What to read.</param>
/// <param name="matrix">Where to.</param>
/// <param name="workspace">Lends memory.</param>
internal sealed class LoadingWork(Tensor tensor, WeightMatrix matrix, Workspace workspace) : IBandedWork
{
#if DEBUG
    // Small, so that every test crosses the edge of a band.
    private const long BandBytes = 16 << 10;
#else
    private const long BandBytes = 1 << 20;
#endif
    private const int ChunkValues = 4096;
    private readonly int _bandRows = (int)Math.Clamp(BandBytes / Math.Max(1, tensor.RowBytes(0)), 1, Math.Max(1, tensor.Rows));

    /// <inheritdoc/>
    public int BandCount => checked((int)((tensor.Rows + _bandRows - 1) / _bandRows));

    /// <inheritdoc/>
    public void RunBand(int band, int worker)
    {
        long start = (long)band * _bandRows;
        int count = (int)Math.Min(_bandRows, tensor.Rows - start);
        tensor.Read(new RowRange(start, count), matrix.PlanesOf(start, count), workspace);
        using Band scratch = workspace.Lend(checked(Math.Max(ChunkValues, tensor.Columns) * sizeof(float)));
        Span<float> values = MemoryMarshal.Cast<byte, float>(scratch.Codes);
        int rowsAtOnce = Math.Max(1, ChunkValues / Math.Max(1, tensor.Columns));
        for (int row = 0; row < count; row += rowsAtOnce)
        {
            int rows = Math.Min(rowsAtOnce, count - row);
            Check(start + row, rows, values[..(rows * tensor.Columns)]);
        }
    }

    private void Check(long row, int count, Span<float> values)
    {
        matrix.Decode(row, count, values);

        // A NaN anywhere makes the largest magnitude NaN, an infinity makes it infinite.
        if (values.IsEmpty || float.IsFinite(TensorPrimitives.MaxMagnitude(values)))
        {
            return;
        }

        int at = values.IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
        throw Errors.WeightNotFinite(tensor.Name, values[at], row + (at / tensor.Columns), at % tensor.Columns);
    }
}
