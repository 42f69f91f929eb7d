using System;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>Eight-bit floats with four exponent and three mantissa bits, without infinity (E4M3FN, arXiv:2209.05433).</summary>
internal static class Float8
{
    /// <summary>The largest finite number.</summary>
    internal const float Largest = 448;

    // Half a step above the largest; what lies beyond is no number.
    private const float Beyond = 464;
    private const byte NotANumber = 0x7F;
    private const int SmallestExponent = -6;
    private const int MantissaBits = 3;

    /// <summary>Rounds to the nearest such float, ties to even.</summary>
    /// <param name="value">Any number.</param>
    /// <returns>Its bits; those of no number where it is too large.</returns>
    public static byte Encode(float value)
    {
        byte sign = (byte)(BitConverter.SingleToUInt32Bits(value) >> 24 & 0x80);
        float magnitude = MathF.Abs(value);
        if (!(magnitude <= Beyond))
        {
            return (byte)(sign | NotANumber);
        }

        // In units of the step at this exponent; 16 of them are the next exponent's 8.
        int exponent = magnitude == 0 ? SmallestExponent : Math.Max(SmallestExponent, MathF.ILogB(magnitude));
        int steps = (int)MathF.Round(MathF.ScaleB(magnitude, MantissaBits - exponent), MidpointRounding.ToEven);
        return (byte)(sign | (steps + ((exponent - SmallestExponent) << MantissaBits)));
    }

    /// <summary>The number that bits mean.</summary>
    /// <param name="bits">Any byte.</param>
    /// <returns>The number.</returns>
    public static float Decode(byte bits)
    {
        int magnitude = bits & 0x7F, exponent = magnitude >> MantissaBits;
        float value = magnitude == NotANumber ? float.NaN
            : exponent == 0 ? MathF.ScaleB(magnitude, SmallestExponent - MantissaBits)
            : MathF.ScaleB((magnitude & 7) | 8, exponent + SmallestExponent - 1 - MantissaBits);
        return (bits & 0x80) != 0 ? -value : value;
    }
}
