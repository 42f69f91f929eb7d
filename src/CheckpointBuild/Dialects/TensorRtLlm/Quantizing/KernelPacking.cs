using System;
using System.Collections.Immutable;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>Puts rows of small integers into the bytes that a kernel reads.</summary>
internal static class KernelPacking
{
    /// <summary>Packs rows that stand together.</summary>
    /// <param name="integers">[rows × columns] integers, signed, of the rows that <see cref="KernelOrder.RowsTogether"/> puts in turns.</param>
    /// <param name="columns">Columns of one row.</param>
    /// <param name="bits">Bits of an integer: 4 or 8.</param>
    /// <param name="order">The order.</param>
    /// <param name="packed">Receives rows × columns × bits / 8 bytes.</param>
    public static void Pack(ReadOnlySpan<sbyte> integers, int columns, int bits, KernelOrder order, Span<byte> packed)
    {
        int rows = integers.Length / columns;
        int tile = order.Interleaves ? KernelOrder.TileColumns : columns;
        ImmutableArray<int> places = order.Columns(bits);
        Span<sbyte> run = stackalloc sbyte[KernelOrder.TileColumns];
        int at = 0;
        for (int start = 0; start < columns; start += tile)
        {
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<sbyte> from = integers.Slice(row * columns, columns);
                int step = places.IsEmpty ? Math.Min(KernelOrder.TileColumns, tile) : places.Length;
                for (int column = start; column < start + tile; column += step)
                {
                    int count = Math.Min(step, start + tile - column);
                    for (int i = 0; i < count; i++)
                    {
                        run[i] = from[column + (places.IsEmpty ? i : places[i])];
                    }

                    at += Write(run[..count], bits, order.Biases, packed[at..]);
                }
            }
        }
    }

    /// <summary>Takes rows out of the kernels' order again: what <see cref="Pack"/> undone.</summary>
    /// <param name="packed">The packed bytes.</param>
    /// <param name="columns">Columns of a row.</param>
    /// <param name="bits">Bits of an integer: 4 or 8.</param>
    /// <param name="order">The order.</param>
    /// <param name="integers">Receives the integers, row by row.</param>
    public static void Unpack(ReadOnlySpan<byte> packed, int columns, int bits, KernelOrder order, Span<sbyte> integers)
    {
        int rows = integers.Length / columns;
        int tile = order.Interleaves ? KernelOrder.TileColumns : columns;
        ImmutableArray<int> places = order.Columns(bits);
        int at = 0;
        for (int start = 0; start < columns; start += tile)
        {
            for (int row = 0; row < rows; row++)
            {
                int step = places.IsEmpty ? Math.Min(KernelOrder.TileColumns, tile) : places.Length;
                for (int column = start; column < start + tile; column += step)
                {
                    int count = Math.Min(step, start + tile - column);
                    for (int i = 0; i < count; i++)
                    {
                        integers[(row * columns) + column + (places.IsEmpty ? i : places[i])] = Integer(packed[at..], i, bits, order.Biases);
                    }

                    at += count * bits / 8;
                }
            }
        }
    }

    // The place that an integer of a run was written to.
    private static sbyte Integer(ReadOnlySpan<byte> packed, int place, int bits, bool biases)
    {
        if (bits == 8)
        {
            int at = biases && ((place & 3) is 1 or 2) ? place ^ 3 : place;
            return biases ? (sbyte)(packed[at] - 128) : (sbyte)packed[at];
        }

        // Even places come first: where this one went.
        int nibble = biases ? (place & ~7) + ((place & 1) == 0 ? (place & 7) / 2 : 4 + ((place & 7) / 2)) : place;
        int code = (nibble & 1) == 0 ? packed[nibble / 2] & 15 : packed[nibble / 2] >> 4;
        return (sbyte)(biases ? code - 8 : (code ^ 8) - 8);
    }

    private static int Write(ReadOnlySpan<sbyte> run, int bits, bool biases, Span<byte> packed) =>
        bits == 8 ? WriteBytes(run, biases, packed) : WriteNibbles(run, biases, packed);

    // Of each four bytes the middle two change places.
    private static int WriteBytes(ReadOnlySpan<sbyte> run, bool biases, Span<byte> packed)
    {
        for (int i = 0; i < run.Length; i++)
        {
            packed[biases ? (i & 3) is 1 or 2 ? i ^ 3 : i : i] = biases ? (byte)(run[i] + 128) : (byte)run[i];
        }

        return run.Length;
    }

    // Of each eight nibbles those of even place come first. Without a bias they stay in order, the first in the lower half of its byte.
    private static int WriteNibbles(ReadOnlySpan<sbyte> run, bool biases, Span<byte> packed)
    {
        for (int i = 0; i < run.Length; i += 2)
        {
            (int low, int high) = biases ? (EvenFirst(i), EvenFirst(i + 1)) : (i, i + 1);
            int bias = biases ? 8 : 0;
            packed[i / 2] = (byte)(((run[low] + bias) & 15) | ((run[high] + bias) << 4));
        }

        return run.Length / 2;
    }

    private static int EvenFirst(int place) => (place & ~7) + ((place & 7) < 4 ? (place & 7) * 2 : (((place & 7) - 4) * 2) + 1);
}
