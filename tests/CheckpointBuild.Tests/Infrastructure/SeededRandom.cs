using System;

namespace CheckpointBuild.Tests.Infrastructure;

/// <summary>Repeatable numbers, the same on every platform and runtime (SplitMix64).</summary>
/// <param name="seed">Where the row begins.</param>
internal sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    /// <returns>Any value.</returns>
    public ulong NextBits()
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    /// <summary>A whole number.</summary>
    /// <param name="below">Greater than every result.</param>
    /// <returns>From 0 to <paramref name="below"/> - 1.</returns>
    public int Next(int below) => (int)(NextBits() % (ulong)below);

    /// <summary>A number such as weights have.</summary>
    /// <returns>From -1 to 1, most of them near 0.</returns>
    public float NextWeight()
    {
        float x = ((NextBits() >> 40) * (1f / (1 << 23))) - 1f;
        return x * x * x;
    }

    /// <summary>Fills memory with random bits.</summary>
    /// <param name="bytes">The memory.</param>
    public void Fill(Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)NextBits();
        }
    }
}
