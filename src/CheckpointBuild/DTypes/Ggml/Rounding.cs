using System;
using System.Runtime.CompilerServices;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>How ggml's quantizers make whole numbers of float32.</summary>
internal static class Rounding
{
    /// <summary>1.5 · 2^23: what is added to it lands in the low 23 bits, rounded to nearest, ties to even.</summary>
    internal const float Shift = 12582912f;

    /// <summary>The low 23 bits.</summary>
    internal const int Mask = 0x007F_FFFF;

    /// <summary>What stands in them for 0.</summary>
    internal const int Zero = 0x0040_0000;

    private const ushort QuietNaN = 0x7E00;

    /// <summary>The nearest whole number, ties to even, of a number whose magnitude is below 2^22. Beyond that it is no limit but what the bits say (infinities give -2^22, NaN 0), and quantizers get there with tiny blocks,
    /// whose reciprocals overflow.</summary>
    /// <param name="value">Any number; of the NaNs only the one that arithmetic makes.</param>
    /// <returns>-2^22 to 2^22 - 1.</returns>
    internal static int Nearest(float value) => (BitConverter.SingleToInt32Bits(value + Shift) & Mask) - Zero;

    /// <summary><see cref="Nearest(float)"/>, then limited to [low, high].</summary>
    /// <returns>low to high.</returns>
    internal static int Nearest(float value, int low, int high) => Math.Min(Math.Max(Nearest(value), low), high);

    /// <summary>The binary16 that is stored for a scale. Which NaN comes out of arithmetic depends on the processor; one is written.</summary>
    /// <param name="value">The scale.</param>
    /// <returns>Its bits.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ushort Scale(float value) => float.IsNaN(value) ? QuietNaN : Float16.FromSingle(value);
}
