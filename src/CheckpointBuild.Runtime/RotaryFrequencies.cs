using System;
using System.Collections.Immutable;
using CheckpointBuild.Models;

namespace CheckpointBuild.Runtime;

/// <summary>The frequencies of a rotary embedding, with whatever scaling a model was made with. Radians per position, in float32 as the reference libraries keep them.</summary>
internal static class RotaryFrequencies
{
    /// <summary>Whether frequencies change with the length of the sequence.</summary>
    /// <param name="rope">The embedding.</param>
    /// <returns>True for two of the scalings.</returns>
    public static bool DependOnLength(RopeConfig rope) => rope.Scaling is RopeScalingKind.Dynamic or RopeScalingKind.LongRope;

    /// <summary>The frequency of each pair.</summary>
    /// <param name="rope">The embedding.</param>
    /// <param name="length">Positions of the whole sequence.</param>
    /// <param name="frequencies">Receives [dimensions / 2].</param>
    public static void Fill(RopeConfig rope, int length, Span<float> frequencies)
    {
        RopeConfig grown = rope.Scaling == RopeScalingKind.Dynamic ? rope with { Theta = GrownTheta(rope, length) } : rope;
        ImmutableArray<float> factors = rope.Scaling == RopeScalingKind.LongRope ? (IsLong(rope, length) ? rope.LongFactors : rope.ShortFactors) : rope.FrequencyFactors();
        for (int pair = 0; pair < frequencies.Length; pair++)
        {
            float frequency = grown.Frequency(pair);
            frequencies[pair] = rope.Scaling switch
            {
                _ when !factors.IsEmpty => frequency / factors[pair],
                RopeScalingKind.Linear => frequency / (float)rope.Factor,
                RopeScalingKind.Yarn => Yarn(rope, frequency, pair),
                _ => frequency,
            };
        }
    }

    /// <summary>Whether LongRope's second set of factors holds.</summary>
    /// <param name="rope">The embedding.</param>
    /// <param name="length">Positions of the whole sequence.</param>
    /// <returns>True beyond the original context; false for other scalings.</returns>
    public static bool IsLong(RopeConfig rope, int length) => rope.Scaling == RopeScalingKind.LongRope && length > rope.OriginalContextLength;

    // NTK scaling: past the original context the base grows with the sequence, so that the slowest pair never turns further than it did in training.
    private static double GrownTheta(RopeConfig rope, int length)
    {
        if (length <= rope.OriginalContextLength)
        {
            return rope.Theta;
        }

        double growth = (rope.Factor * length / rope.OriginalContextLength) - (rope.Factor - 1);
        return rope.Theta * Math.Pow(growth, rope.Dimensions / (rope.Dimensions - 2.0));
    }

    // YaRN (arXiv:2309.00071, section 3.2): pairs that turn more than BetaFast times within the original context keep their frequency, those that turn less than BetaSlow times are slowed by the factor.
    private static float Yarn(RopeConfig rope, float frequency, int pair)
    {
        double low = PairTurning(rope, rope.BetaFast ?? 32), high = PairTurning(rope, rope.BetaSlow ?? 1);
        (low, high) = rope.RampIsFractional ? (low, high) : (Math.Floor(low), Math.Ceiling(high));
        (low, high) = (Math.Max(low, 0), Math.Min(high, rope.Dimensions - 1));
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
