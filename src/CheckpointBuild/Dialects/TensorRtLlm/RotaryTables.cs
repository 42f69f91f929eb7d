using System;
using System.Collections.Generic;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>The rotary tables that the reference stores among the weights: one that always has the base 10,000, the frequencies, and one of the model's own frequencies.</summary>
internal static class RotaryTables
{
    private const double PlainBase = 10000;

    /// <summary>The tables of a model.</summary>
    /// <param name="config">The model.</param>
    /// <returns>Three tensors, or none where the rule of the frequencies has no such table.</returns>
    public static IEnumerable<Tensor> Of(ModelConfig config)
    {
        if (config.Rope is not { Scaling: not (RopeScalingKind.Yarn or RopeScalingKind.LongRope) } rope)
        {
            yield break;
        }

        int positions = config.ContextLength;
        var plain = new RotaryTable("embed_positions", positions, [.. Frequencies(PlainBase, rope.Dimensions, 1)], RotaryTableOrder.SinesThenCosines);
        yield return Renamed.Of(Reshaped.Of(plain, new Shape(1, positions, rope.Dimensions)), plain.Name);

        float[] own = Frequencies(rope.Theta, rope.Dimensions, rope.Scaling == RopeScalingKind.Linear ? 1 / rope.Factor : 1);
        if (rope.Scaling == RopeScalingKind.Llama3)
        {
            Rescale(own, rope);
        }

        yield return new Computed("rotary_inv_freq", [.. own], "rotary frequencies");
        var turned = new RotaryTable("embed_positions_for_gpt_attention", positions, [.. own], RotaryTableOrder.CosineBesideSine);
        yield return Renamed.Of(Reshaped.Of(turned, new Shape(1, (long)positions * rope.Dimensions)), turned.Name);
    }

    // The power in double, its rounding to single, then a quotient of singles.
    private static float[] Frequencies(double theta, int dimensions, double scale)
    {
        float[] frequencies = new float[dimensions / 2];
        for (int pair = 0; pair < frequencies.Length; pair++)
        {
            frequencies[pair] = (float)scale / (float)Math.Pow(theta, 2.0 * pair / dimensions);
        }

        return frequencies;
    }

    private static void Rescale(float[] frequencies, RopeConfig rope)
    {
        double low = rope.OriginalContextLength / rope.LowFrequencyFactor, high = rope.OriginalContextLength / rope.HighFrequencyFactor;
        for (int pair = 0; pair < frequencies.Length; pair++)
        {
            double frequency = frequencies[pair];
            double wavelength = 2 * Math.PI / frequency;
            double smooth = ((rope.OriginalContextLength / wavelength) - rope.LowFrequencyFactor) / (rope.HighFrequencyFactor - rope.LowFrequencyFactor);
            frequencies[pair] = (float)(wavelength < high ? frequency
                : wavelength > low ? frequency / rope.Factor
                : ((1 - smooth) * frequency / rope.Factor) + (smooth * frequency));
        }
    }
}
