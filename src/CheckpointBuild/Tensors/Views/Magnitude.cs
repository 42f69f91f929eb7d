using System;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CheckpointBuild.Tensors.Views;

/// <summary>The magnitude of float32 numbers as their bits without the sign: whole numbers that order as the magnitudes do, infinity above every finite number and NaN above infinity.</summary>
internal static class Magnitude
{
    /// <summary>The magnitude of infinity.</summary>
    internal const uint Infinity = 0x7F80_0000;

    /// <summary>The first magnitude that rounds to infinity in binary16: 65,520.</summary>
    internal const uint BeyondFloat16 = 0x477F_F000;

    /// <summary>The first magnitude that rounds to infinity in bfloat16.</summary>
    internal const uint BeyondBFloat16 = 0x7F7F_8000;

    private const uint WithoutSign = 0x7FFF_FFFF;

    /// <summary>The magnitude of one number.</summary>
    /// <param name="value">The number.</param>
    /// <returns>Its bits without the sign.</returns>
    public static uint Of(float value) => BitConverter.SingleToUInt32Bits(value) & WithoutSign;

    /// <summary>The largest magnitude of some numbers.</summary>
    /// <param name="values">The numbers.</param>
    /// <returns>Its bits; 0 of none.</returns>
    public static uint Largest(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        uint largest = 0;
        int i = 0;
        if (Vector512.IsHardwareAccelerated && bits.Length >= 16)
        {
            Vector512<uint> most = default, mask = Vector512.Create(WithoutSign);
            for (; i <= bits.Length - 16; i += 16)
            {
                most = Vector512.Max(most, Vector512.Create(bits.Slice(i, 16)) & mask);
            }

            largest = LargestOf(Vector256.Max(most.GetLower(), most.GetUpper()));
        }
        else if (Vector256.IsHardwareAccelerated && bits.Length >= 8)
        {
            Vector256<uint> most = default, mask = Vector256.Create(WithoutSign);
            for (; i <= bits.Length - 8; i += 8)
            {
                most = Vector256.Max(most, Vector256.Create(bits.Slice(i, 8)) & mask);
            }

            largest = LargestOf(most);
        }

        for (; i < bits.Length; i++)
        {
            largest = uint.Max(largest, bits[i] & WithoutSign);
        }

        return largest;
    }

    private static uint LargestOf(Vector256<uint> lanes)
    {
        uint largest = 0;
        for (int i = 0; i < Vector256<uint>.Count; i++)
        {
            largest = uint.Max(largest, lanes[i]);
        }

        return largest;
    }
}
