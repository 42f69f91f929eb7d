using System;

namespace CheckpointBuild.Runtime.Kernels;

/// <summary>Rotary position embedding (arXiv:2104.09864) in the half-split order: pair i of a head is its dimensions i and i + half.</summary>
internal static class Rotary
{
    /// <summary>Turns the pairs of one head.</summary>
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
}
