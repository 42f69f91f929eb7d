using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CheckpointBuild.Runtime.Kernels;

/// <summary>The kernel of a dtype whose columns are read straight into registers.</summary>
/// <typeparam name="T">How columns are read.</typeparam>
internal sealed unsafe partial class FormatKernel<T> : RowKernel
    where T : struct, IRowFormat
{
    /// <inheritdoc/>
    public override void Multiply(WeightMatrix matrix, long row, int count, float* input, float* output, float* scratch) =>
        Multiply(matrix.RowPointer(row), (nint)matrix.RowBytes, count, matrix.Columns, input, output);

    /// <inheritdoc/>
    public override void Expand(WeightMatrix matrix, long row, int count, float* tile, float* scratch) =>
        Expand(matrix.RowPointer(row), (nint)matrix.RowBytes, count, matrix.Columns, tile);

    /// <summary>The dot products of rows that lie in memory at a distance.</summary>
    /// <param name="rows">The first byte of the first row.</param>
    /// <param name="rowBytes">Bytes from one row to the next.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="columns">Columns of a row.</param>
    /// <param name="input">The vector, padded with zeros to a multiple of 16.</param>
    /// <param name="output">Receives the sums, [count].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply(byte* rows, nint rowBytes, int count, int columns, float* input, float* output)
    {
        int row = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            float* rest = stackalloc float[Tile.Rows * Lanes.Count];
            nint fourRows = Tile.Rows * rowBytes;
            nint distance = Math.Max(fourRows, AheadBytes);
            byte* end = rows + (count * rowBytes);
            FetchFirst(rows, (nint)Math.Min(distance, end - rows));
            for (; row <= count - Tile.Rows; row += Tile.Rows)
            {
                byte* four = rows + (row * rowBytes);
                byte* ahead = four + distance + fourRows <= end ? four + distance : four;
                Rest(four, rowBytes, columns, rest);
                Vector128<float> sums = Vector512.IsHardwareAccelerated
                    ? MultiplyFour512(four, rowBytes, columns, input, rest, ahead)
                    : MultiplyFour256(four, rowBytes, columns, input, rest, ahead);
                sums.Store(output + row);
            }
        }

        for (; row < count; row++)
        {
            output[row] = MultiplyOne(rows + (row * rowBytes), columns, input);
        }
    }

    /// <summary>The specification: one row.</summary>
    /// <param name="row">The first byte of the row.</param>
    /// <param name="columns">Columns of the row.</param>
    /// <param name="input">The vector, [columns].</param>
    /// <returns>The sum.</returns>
    internal static float MultiplyOne(byte* row, int columns, float* input)
    {
        float* lanes = stackalloc float[Lanes.Count];
        new Span<float>(lanes, Lanes.Count).Clear();
        for (int column = 0; column < columns; column++)
        {
            float* lane = lanes + (column % Lanes.Count);
            *lane = float.MultiplyAddEstimate(T.Single(row, column), input[column], *lane);
        }

        return Lanes.Sum(new Span<float>(lanes, Lanes.Count));
    }

    /// <summary>Writes rows as a tile.</summary>
    /// <param name="rows">The first byte of the first row.</param>
    /// <param name="rowBytes">Bytes from one row to the next.</param>
    /// <param name="count">How many rows, at most four.</param>
    /// <param name="columns">Columns of a row.</param>
    /// <param name="tile">Receives [columns / 16, 4, 16], columns rounded up.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Expand(byte* rows, nint rowBytes, int count, int columns, float* tile)
    {
        int steps = Activations.Pad(columns) / Lanes.Count;
        for (int row = 0; row < Tile.Rows; row++)
        {
            float* target = tile + (row * Lanes.Count);
            int column = row >= count ? 0
                : Vector512.IsHardwareAccelerated ? Expand512(rows + (row * rowBytes), columns, target)
                : Vector128.IsHardwareAccelerated ? Expand256(rows + (row * rowBytes), columns, target)
                : 0;
            for (; column < steps * Lanes.Count; column++)
            {
                target[(column / Lanes.Count * Tile.StepFloats) + (column % Lanes.Count)] =
                    row < count && column < columns ? T.Single(rows + (row * rowBytes), column) : 0;
            }
        }
    }
}
