using System;
using System.Collections.Immutable;
using CheckpointBuild.Models;

namespace CheckpointBuild.Runtime;

/// <summary>The frequencies of a rotary embedding, with whatever scaling a model was made with. Radians per position, in float32 as the reference libraries keep them.</summary>
internal static class RotaryFrequencies
{
    /// <summary>The frequency of each pair.</summary>
    /// <param name="rope">The embedding.</param>
    /// <returns>[dimensions / 2].</returns>
    public static float[] Of(RopeConfig rope)
    {
        float[] frequencies = new float[rope.Dimensions / 2];
        ImmutableArray<float> factors = rope.FrequencyFactors();
        for (int pair = 0; pair < frequencies.Length; pair++)
        {
            float frequency = rope.Frequency(pair);
            frequencies[pair] = rope.Scaling switch
            {
                _ when !factors.IsEmpty => frequency / factors[pair],
                RopeScalingKind.Linear => frequency / (float)rope.Factor,
                RopeScalingKind.Yarn => Yarn(rope, frequency, pair),
                _ => frequency,
            };
        }

        return frequencies;
    }

    /// <summary>What sines and cosines are multiplied by: YaRN's 0.1 · ln(factor) + 1 unless the model states another number.</summary>
    /// <param name="rope">The embedding.</param>
    /// <returns>The factor; 1 for every scaling but YaRN's.</returns>
    public static float MagnitudeOf(RopeConfig rope) =>
        (float)(rope.AttentionFactor ?? (rope.Scaling == RopeScalingKind.Yarn && rope.Factor > 1 ? (0.1 * Math.Log(rope.Factor)) + 1 : 1));

    /// <summary>NTK scaling: past the original context the base grows with the sequence, so that the slowest pair never turns further than it did in training.</summary>
    /// <param name="rope">The embedding.</param>
    /// <param name="length">Positions of the sequence so far.</param>
    /// <param name="frequencies">Receives [dimensions / 2].</param>
    public static void FillDynamic(RopeConfig rope, int length, Span<float> frequencies)
    {
        double theta = rope.Theta;
        if (length > rope.OriginalContextLength)
        {
            double growth = (rope.Factor * length / rope.OriginalContextLength) - (rope.Factor - 1);
            theta *= Math.Pow(growth, rope.Dimensions / (rope.Dimensions - 2.0));
        }

        RopeConfig grown = rope with { Theta = theta };
        for (int pair = 0; pair < frequencies.Length; pair++)
        {
            frequencies[pair] = grown.Frequency(pair);
        }
    }

    // YaRN (arXiv:2309.00071, section 3.2): pairs that turn more than BetaFast times within the original context keep their frequency, those that turn less than BetaSlow times are slowed by the factor.
    private static float Yarn(RopeConfig rope, float frequency, int pair)
    {
        double low = Math.Max(Math.Floor(PairTurning(rope, rope.BetaFast)), 0);
        double high = Math.Min(Math.Ceiling(PairTurning(rope, rope.BetaSlow)), rope.Dimensions - 1);
        if (low == high)
        {
            high += 0.001;
        }

        float ramp = (float)Math.Clamp((pair - low) / (high - low), 0, 1);
        return (frequency / (float)rope.Factor * ramp) + (frequency * (1 - ramp));
    }

    // Which pair (a fraction) turns so many times within the original context.
    private static double PairTurning(RopeConfig rope, double turns) =>
        rope.Dimensions * Math.Log(rope.OriginalContextLength / (turns * 2 * Math.PI)) / (2 * Math.Log(rope.Theta));
}
