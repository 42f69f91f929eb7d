using System;
using System.Linq;
using CheckpointBuild.Tests.Infrastructure;

namespace CheckpointBuild.Tests.Laws;

/// <summary>Finite rows on which searches take every turn: weights, ties, few values, subnormals, huge and tiny numbers side by side.</summary>
internal static class LaneNumbers
{
    /// <summary>Rows of numbers, an odd number of blocks of 256.</summary>
    /// <param name="columns">Numbers in a row.</param>
    /// <returns>Row after row.</returns>
    public static float[] Rows(int columns)
    {
        var random = new SeededRandom(27);
        Func<int, float>[] kinds =
        [
            _ => random.NextWeight(),
            _ => 0,
            i => i % 2 == 0 ? 0f : -0f,
            _ => random.Next(5) - 2,
            i => -MathF.Abs(random.NextWeight()) * (i % 40),
            _ => MathF.Abs(random.NextWeight()),
            _ => BitConverter.UInt32BitsToSingle((uint)random.Next(1 << 20)),
            _ => random.NextWeight() * 1e-30f,
            i => i % 32 == 5 ? 1e4f : random.NextWeight(),
            i => i / 16 % 3 == 0 ? 0 : random.NextWeight(),
            i => random.NextWeight() * MathF.Pow(10, (i / 32 % 7) - 3),
            _ => 0.75f,
            i => (i % 16) / 7.5f,
        ];
        return [.. kinds.SelectMany(kind => Enumerable.Range(0, columns).Select(kind))];
    }

    /// <summary>Importance of columns: from nothing to a thousand.</summary>
    /// <param name="columns">Numbers in a row.</param>
    /// <returns>One number a column.</returns>
    public static float[] Importance(int columns)
    {
        var random = new SeededRandom(28);
        return [.. Enumerable.Range(0, columns).Select(i => i % 97 == 0 ? 0 : MathF.Abs(random.NextWeight()) * (i % 11 == 0 ? 1000 : 1))];
    }
}
