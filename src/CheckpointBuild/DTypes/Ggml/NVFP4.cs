using System;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's NVFP4: 64 columns in 36 bytes, sub-blocks of 16 with a scale of eight bits. Value = table[code] · scale / 2.</summary>
/// <remarks>
/// <code>
/// byte  0 ... 3                    | 4 ... 35
///       scales, UE4M3              | 8 bytes for 16 columns: code j below, code j + 8 above
/// </code>
/// </remarks>
internal sealed unsafe class NVFP4() : BlockDType("NVFP4", 40, Length, 36)
{
    private const int Length = 64;
    private const int SubLength = 16;
    private const int CodesOffset = 4;
    private const byte Highest = 0x7E;

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> ScaleOffsets => [];

    /// <inheritdoc/>
    internal override void Encode<T>(BlockRows rows)
    {
        byte* codes = stackalloc byte[SubLength];
        for (int i = 0; i < rows.Count; i++)
        {
            byte* block = rows.Block(i, BlockBytes);
            for (int sub = 0; sub < Length / SubLength; sub++)
            {
                float* x = rows.Values(i, Length) + (sub * SubLength);
                block[sub] = ScaleCode(Extremes.Magnitude<T>(x, SubLength) / 6);
                FourBitFloat.Code<T>(x, SubLength, StepOf(block[sub]), codes);
                for (int j = 0; j < 8; j++)
                {
                    block[CodesOffset + (8 * sub) + j] = (byte)(codes[j] | (codes[j + 8] << 4));
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        for (int sub = 0; sub < Length / SubLength; sub++)
        {
            FourBitFloat.Decode(block + CodesOffset + (8 * sub), 8, StepOf(block[sub]), values + (sub * SubLength));
        }
    }

    // Three mantissa bits, half up on the next one alone; from 256 on the reference writes its highest.
    private static byte ScaleCode(float value)
    {
        if (!(value > 0))
        {
            return 0;
        }

        value = MathF.Min(value, 448);
        int bits = BitConverter.SingleToInt32Bits(value), exponent = (bits >> 23) - 127 + 7;
        if (exponent <= 0)
        {
            return (byte)Math.Min((int)((value * 512) + 0.5f), 7);
        }

        if (exponent >= 15)
        {
            return Highest;
        }

        int mantissa = (bits >> 20 & 7) + (bits >> 19 & 1);
        exponent += mantissa >> 3;
        return exponent >= 15 ? Highest : (byte)((exponent << 3) | (mantissa & 7));
    }

    // Half of UE4M3's value; what it calls NaN is 0, and the top bit is not looked at but in 0xFF.
    private static float StepOf(byte code)
    {
        if (code is 0 or 0x7F)
        {
            return 0;
        }

        int magnitude = code & 0x7F, exponent = magnitude >> 3, mantissa = magnitude & 7;
        return exponent == 0 ? mantissa / 1024f : BitConverter.Int32BitsToSingle(((exponent - 7 + 127) << 23) | (mantissa << 20)) / 2;
    }
}
