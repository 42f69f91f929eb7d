using System;

namespace CheckpointBuild.Runtime.Kernels;

/// <summary>Rotary position embedding (arXiv:2104.09864).</summary>
internal static class Rotary
{
    /// <summary>Turns the pairs of one head in the half-split order: pair i is dimensions i and i + half.</summary>
    /// <param name="head">[2 · pairs] dimensions that turn; those of the head that do not are not passed.</param>
    /// <param name="cosines">[pairs].</param>
    /// <param name="sines">[pairs].</param>
    public static void Turn(Span<float> head, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines)
    {
        Span<float> first = head[..cosines.Length];
        Span<float> second = head.Slice(cosines.Length, cosines.Length);
        for (int i = 0; i < cosines.Length; i++)
        {
            float a = first[i], b = second[i];
            first[i] = (a * cosines[i]) - (b * sines[i]);
            second[i] = (b * cosines[i]) + (a * sines[i]);
        }
    }

    /// <summary>Turns the pairs of one head in the order of neighbours: pair i is dimensions 2i and 2i + 1.</summary>
    /// <param name="head">[2 · pairs] dimensions that turn; those of the head that do not are not passed.</param>
    /// <param name="cosines">[pairs].</param>
    /// <param name="sines">[pairs].</param>
    public static void TurnNeighbours(Span<float> head, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines)
    {
        for (int i = 0; i < cosines.Length; i++)
        {
            float a = head[2 * i], b = head[(2 * i) + 1];
            head[2 * i] = (a * cosines[i]) - (b * sines[i]);
            head[(2 * i) + 1] = (b * cosines[i]) + (a * sines[i]);
        }
    }
}
