using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CheckpointBuild.Runtime.Kernels;

/// <content>
/// Vector form: four rows side by side, so that four chains of multiply-adds hide each other's latency and the vector's numbers are loaded once for four rows. Lane for lane the operations of
/// <see cref="MultiplyOne"/>: a vector of 16 is all lanes, two of 8 are the lower and upper lanes. Columns past the last whole step come zero-padded through a small buffer; adding 0 · 0 changes no sum.
/// </content>
internal sealed unsafe partial class FormatKernel<T>
{
    private const int LineBytes = 64;

    // How far ahead weights are fetched: measured, 14 instead of 9 thousand million float16 weights a second from memory.
    private const int AheadBytes = 16 << 10;

    /// <summary>Four dot products in vectors of 16. Without a call in it, so that all sums stay in registers.</summary>
    /// <param name="rows">The first byte of the first row.</param>
    /// <param name="rowBytes">Bytes from one row to the next.</param>
    /// <param name="columns">Columns of a row.</param>
    /// <param name="input">The vector, padded with zeros to a multiple of 16.</param>
    /// <param name="rest">Columns past the last whole step, as <see cref="Rest"/> gives them.</param>
    /// <param name="ahead">What to fetch meanwhile.</param>
    /// <returns>The sums in order.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static Vector128<float> MultiplyFour512(byte* rows, nint rowBytes, int columns, float* input, float* rest, byte* ahead)
    {
        byte* a = rows, b = rows + rowBytes, c = b + rowBytes, d = c + rowBytes;
        Vector512<float> sumA = default, sumB = default, sumC = default, sumD = default;
        int column = 0;
        nint at = 0;
        for (; column <= columns - T.StepColumns; column += T.StepColumns)
        {
            Prefetch(ahead);
            Vector512<float> x = Vector512.Load(input + column);
            sumA = Vector512.MultiplyAddEstimate(T.Load16(a + at, 0), x, sumA);
            sumB = Vector512.MultiplyAddEstimate(T.Load16(b + at, 0), x, sumB);
            sumC = Vector512.MultiplyAddEstimate(T.Load16(c + at, 0), x, sumC);
            sumD = Vector512.MultiplyAddEstimate(T.Load16(d + at, 0), x, sumD);
            if (T.StepColumns == 32)
            {
                x = Vector512.Load(input + column + 16);
                sumA = Vector512.MultiplyAddEstimate(T.Load16(a + at, 1), x, sumA);
                sumB = Vector512.MultiplyAddEstimate(T.Load16(b + at, 1), x, sumB);
                sumC = Vector512.MultiplyAddEstimate(T.Load16(c + at, 1), x, sumC);
                sumD = Vector512.MultiplyAddEstimate(T.Load16(d + at, 1), x, sumD);
            }

            at += T.StepBytes;
            ahead += Tile.Rows * T.StepBytes;
        }

        if (column < columns)
        {
            Vector512<float> x = Vector512.Load(input + column);
            sumA = Vector512.MultiplyAddEstimate(Vector512.Load(rest), x, sumA);
            sumB = Vector512.MultiplyAddEstimate(Vector512.Load(rest + 16), x, sumB);
            sumC = Vector512.MultiplyAddEstimate(Vector512.Load(rest + 32), x, sumC);
            sumD = Vector512.MultiplyAddEstimate(Vector512.Load(rest + 48), x, sumD);
        }

        return Lanes.Sum(sumA, sumB, sumC, sumD);
    }

    /// <summary>Four dot products in vectors of 8.</summary>
    /// <returns>The sums in order.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static Vector128<float> MultiplyFour256(byte* rows, nint rowBytes, int columns, float* input, float* rest, byte* ahead)
    {
        byte* a = rows, b = rows + rowBytes, c = b + rowBytes, d = c + rowBytes;
        Vector256<float> lowA = default, lowB = default, lowC = default, lowD = default;
        Vector256<float> highA = default, highB = default, highC = default, highD = default;
        int column = 0;
        nint at = 0;
        for (; column <= columns - T.StepColumns; column += T.StepColumns)
        {
            Prefetch(ahead);
            for (int part = 0; part < T.StepColumns / 8; part += 2)
            {
                Vector256<float> x = Vector256.Load(input + column + (8 * part));
                lowA = Vector256.MultiplyAddEstimate(T.Load8(a + at, part), x, lowA);
                lowB = Vector256.MultiplyAddEstimate(T.Load8(b + at, part), x, lowB);
                lowC = Vector256.MultiplyAddEstimate(T.Load8(c + at, part), x, lowC);
                lowD = Vector256.MultiplyAddEstimate(T.Load8(d + at, part), x, lowD);
                x = Vector256.Load(input + column + (8 * part) + 8);
                highA = Vector256.MultiplyAddEstimate(T.Load8(a + at, part + 1), x, highA);
                highB = Vector256.MultiplyAddEstimate(T.Load8(b + at, part + 1), x, highB);
                highC = Vector256.MultiplyAddEstimate(T.Load8(c + at, part + 1), x, highC);
                highD = Vector256.MultiplyAddEstimate(T.Load8(d + at, part + 1), x, highD);
            }

            at += T.StepBytes;
            ahead += Tile.Rows * T.StepBytes;
        }

        if (column < columns)
        {
            Vector256<float> low = Vector256.Load(input + column), high = Vector256.Load(input + column + 8);
            lowA = Vector256.MultiplyAddEstimate(Vector256.Load(rest), low, lowA);
            highA = Vector256.MultiplyAddEstimate(Vector256.Load(rest + 8), high, highA);
            lowB = Vector256.MultiplyAddEstimate(Vector256.Load(rest + 16), low, lowB);
            highB = Vector256.MultiplyAddEstimate(Vector256.Load(rest + 24), high, highB);
            lowC = Vector256.MultiplyAddEstimate(Vector256.Load(rest + 32), low, lowC);
            highC = Vector256.MultiplyAddEstimate(Vector256.Load(rest + 40), high, highC);
            lowD = Vector256.MultiplyAddEstimate(Vector256.Load(rest + 48), low, lowD);
            highD = Vector256.MultiplyAddEstimate(Vector256.Load(rest + 56), high, highD);
        }

        return Lanes.Sum(lowA + highA, lowB + highB, lowC + highC, lowD + highD);
    }

    // What the first rows need, before anything is ahead of them.
    private static void FetchFirst(byte* rows, nint bytes)
    {
        for (nint at = 0; Sse.IsSupported && at < bytes; at += LineBytes)
        {
            Sse.Prefetch1(rows + at);
        }
    }

    // All lines of as many bytes as a step of four rows reads, one after the other, into the second-level cache. Four rows are four streams, too short for the processor's own prefetching; what comes
    // next is one stream again. A line left out (a step of Q8_0 is 136 bytes) would cost more than the rest saves.
    private static void Prefetch(byte* ahead)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(ahead);
            Sse.Prefetch1(ahead + LineBytes);
            if (Tile.Rows * T.StepBytes > 2 * LineBytes)
            {
                Sse.Prefetch1(ahead + (2 * LineBytes));
            }

            if (Tile.Rows * T.StepBytes > 3 * LineBytes)
            {
                Sse.Prefetch1(ahead + (3 * LineBytes));
            }
        }
    }

    // Whole steps of one row into a tile; gives the number of columns done.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Expand512(byte* row, int columns, float* target)
    {
        int column = 0;
        for (; column <= columns - T.StepColumns; column += T.StepColumns, row += T.StepBytes)
        {
            T.Load16(row, 0).Store(target);
            target += Tile.StepFloats;
            if (T.StepColumns == 32)
            {
                T.Load16(row, 1).Store(target);
                target += Tile.StepFloats;
            }
        }

        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Expand256(byte* row, int columns, float* target)
    {
        int column = 0;
        for (; column <= columns - T.StepColumns; column += T.StepColumns, row += T.StepBytes)
        {
            for (int part = 0; part < T.StepColumns / 8; part += 2)
            {
                T.Load8(row, part).Store(target);
                T.Load8(row, part + 1).Store(target + 8);
                target += Tile.StepFloats;
            }
        }

        return column;
    }

    // The columns past the last whole step of four rows, as [4, 16] with zeros behind them.
    private static void Rest(byte* rows, nint rowBytes, int columns, float* rest)
    {
        int first = columns - (columns % T.StepColumns);
        for (int i = 0; first < columns && i < Tile.Rows * Lanes.Count; i++)
        {
            int column = first + (i % Lanes.Count);
            rest[i] = column < columns ? T.Single(rows + (i / Lanes.Count * rowBytes), column) : 0;
        }
    }
}
