using System;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>Integers with one scale: the rounding of NVIDIA's weight-only operator.</summary>
internal static class WeightOnlyRounding
{
    /// <summary>The scale of numbers.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="bits">Bits of an integer: 4 or 8.</param>
    /// <returns>The largest magnitude over 2^(bits-1).</returns>
    public static float ScaleOf(ReadOnlySpan<float> values, int bits) => BitConverter.UInt32BitsToSingle(Magnitude.Largest(values)) * (1f / (1 << (bits - 1)));

    /// <summary>Rounds numbers.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="bits">Bits of an integer: 4 or 8.</param>
    /// <param name="integers">Receives them; all 0 where all numbers are.</param>
    public static void Round(ReadOnlySpan<float> values, int bits, Span<sbyte> integers)
    {
        float scale = ScaleOf(values, bits);
        (int least, int most) = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1);
        for (int i = 0; i < values.Length; i++)
        {
            integers[i] = scale == 0 ? (sbyte)0 : (sbyte)Math.Clamp(MathF.Round(values[i] / scale, MidpointRounding.AwayFromZero), least, most);
        }
    }
}
