using System.Linq;

namespace CheckpointBuild.Runtime.Tests.Support;

/// <summary>Repeatable numbers (SplitMix64).</summary>
internal static class SeededNumbers
{
    /// <summary>Numbers around 0.</summary>
    /// <param name="seed">Where the row begins.</param>
    /// <param name="count">How many.</param>
    /// <param name="scale">The largest magnitude.</param>
    /// <returns>From -scale to scale, most of them near 0.</returns>
    public static float[] Of(ulong seed, int count, float scale = 1) => [.. Enumerable.Range(0, count).Select(i => At(seed, i) * scale)];

    private static float At(ulong seed, int index)
    {
        ulong z = (seed << 40) + (((ulong)index + 1) * 0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        float x = (((z ^ (z >> 31)) >> 40) * (1f / (1 << 23))) - 1f;
        return x * x * x;
    }
}
