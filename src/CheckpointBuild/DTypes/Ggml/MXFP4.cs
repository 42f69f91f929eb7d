using System;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's MXFP4: 32 columns in 17 bytes. Value = table[code] · 2^(e - 128).</summary>
/// <remarks>
/// <code>
/// byte  0 | 1 ............. 16
///       e | code j below, code j + 16 above
/// </code>
/// The exponent is the whole part of the base-2 logarithm as binary32 has it: just below a power of two that is one more than the number's own exponent. It is a byte and wraps for the tiniest blocks, as the reference's does.
/// </remarks>
internal sealed unsafe class MXFP4() : BlockDType("MXFP4", 39, Length, 17)
{
    private const int Length = 32;
    private const int Bias = 125;

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> ScaleOffsets => [];

    /// <inheritdoc/>
    internal override void Encode<T>(BlockRows rows)
    {
        byte* codes = stackalloc byte[Length];
        for (int i = 0; i < rows.Count; i++)
        {
            float* x = rows.Values(i, Length);
            byte* block = rows.Block(i, BlockBytes);
            float largest = Extremes.Magnitude<T>(x, Length);
            byte exponent = largest == 0 ? (byte)0 : unchecked((byte)(LogarithmOf(largest) + Bias));
            block[0] = exponent;
            FourBitFloat.Code<T>(x, Length, StepOf(exponent), codes);
            Nibbles.Pack16(codes, block + 1);
        }
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values) => FourBitFloat.Decode(block + 1, Length / 2, StepOf(block[0]), values);

    // In whole numbers, because libraries differ in the last bit of a logarithm: x = 2^K · (1 - c · 2^-24) gives K for the few c up to a limit that grows with |K|.
    private static int LogarithmOf(float x)
    {
        int bits = BitConverter.SingleToInt32Bits(x), exponent = (bits >> 23) - 127, fraction = bits & 0x007F_FFFF;
        if (exponent == -127)
        {
            int shift = System.Numerics.BitOperations.LeadingZeroCount((uint)bits) - 8;
            exponent = -126 - shift;
            fraction = (bits << shift) & 0x007F_FFFF;
        }

        int below = 0x0080_0000 - fraction, power = exponent + 1;
        if (power == 0)
        {
            return exponent;
        }

        int doublings = power > 0 ? (power == 1 ? -1 : 31 - System.Numerics.BitOperations.LeadingZeroCount((uint)(power - 1))) : 31 - System.Numerics.BitOperations.LeadingZeroCount((uint)-power);
        ReadOnlySpan<byte> limits = [0, 1, 2, 5, 11, 22, 44, 88];
        return doublings >= 0 && below <= limits[doublings] ? power : exponent;
    }

    private static float StepOf(byte exponent) => BitConverter.Int32BitsToSingle(exponent < 2 ? 0x0020_0000 << exponent : (exponent - 1) << 23);
}
