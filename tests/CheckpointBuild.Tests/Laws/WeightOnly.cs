using System;
using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Tests.Laws;

/// <summary>Weight-only int8 for compute capability 8.0, written from its description alone, one step after the other.</summary>
internal static class WeightOnly
{
    private static readonly int[] Order = [0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15];

    /// <summary>The scale of each row.</summary>
    /// <param name="numbers">[rows × columns].</param>
    /// <param name="columns">Columns.</param>
    /// <returns>One a row.</returns>
    public static float[] Scales(float[] numbers, int columns) => [.. numbers.Chunk(columns).Select(row => row.Max(MathF.Abs) / 128)];

    /// <summary>The bytes of a matrix.</summary>
    /// <param name="numbers">[rows × columns].</param>
    /// <param name="columns">Columns, a multiple of 64.</param>
    /// <returns>As many bytes.</returns>
    public static byte[] Codes(float[] numbers, int columns)
    {
        byte[][] rows = [.. numbers.Chunk(columns).Select(row => row.Select(v => Biased(v, row.Max(MathF.Abs) / 128)).ToArray())];
        byte[][] permuted = [.. rows.Select(row => Enumerable.Range(0, columns).Select(k => row[(k / 16 * 16) + Order[k % 16]]).ToArray())];
        IEnumerable<byte> interleaved = permuted.Chunk(2).SelectMany(pair => Enumerable.Range(0, columns / 64).SelectMany(tile => pair.SelectMany(row => row.Skip(tile * 64).Take(64))));
        return [.. interleaved.Chunk(4).SelectMany(word => new[] { word[0], word[2], word[1], word[3] })];
    }

    private static byte Biased(float value, float scale) => (byte)(Math.Clamp(MathF.Round(value / scale, MidpointRounding.AwayFromZero), -128, 127) + 128);
}
