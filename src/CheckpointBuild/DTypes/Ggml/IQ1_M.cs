using System;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's IQ1_M: 256 columns in 56 bytes, sub-blocks of 16. Value = d · (2 · scale + 1) · (level - 1 ± 1/8).</summary>
/// <remarks>
/// <code>
/// byte  0 ... 31                           | 32 ... 47                                                        | 48 ... 55
///       indices of 8 columns, lower 8 bits | per 16: index bits at 0 and 4; bit 3, bit 7: the half moved down | four u16: scales of 16 columns at 0, 3, 6, 9; d f16 in the four upper nibbles
/// </code>
/// </remarks>
internal sealed unsafe class IQ1_M() : SplitDType("IQ1_M", 29, 56, new SplitRules(SubLength, 1e-7f, PlainIsSquare: true))
{
    private const int SubLength = 16;
    private const int UpperOffset = 32;
    private const int WordsOffset = 48;

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> ScaleOffsets => [];

    /// <inheritdoc/>
    protected override bool IsBroken(ReadOnlySpan<byte> block)
    {
        fixed (byte* bytes = block)
        {
            return (ScaleBits(bytes) & 0x7C00) == 0x7C00;
        }
    }

    /// <inheritdoc/>
    protected override void WriteBroken(Span<byte> block)
    {
        block.Clear();
        fixed (byte* bytes = block)
        {
            WriteScaleBits(bytes, Rounding.Scale(float.NaN));
        }
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        Codebook book = Book;
        float d = Float16.ToSingle(ScaleBits(block));
        for (int g = 0; g < Length / 8; g++)
        {
            int upper = block[UpperOffset + (g / 2)] >> (g % 2 * 4), sub = g / 2;
            byte* levels = book.LevelsOf(block[g] | ((upper & 7) << 8));
            float step = d * ((2 * (*(ushort*)(block + WordsOffset + (sub / 4 * 2)) >> (sub % 4 * 3) & TopScale)) + 1);
            for (int i = 0; i < 8; i++)
            {
                values[(8 * g) + i] = step * SplitSearch.ValueOf(levels[i], (upper & 8) != 0);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Pack(SplitBlock found, float most, byte* block)
    {
        for (int g = 0; g < Length / 8; g++)
        {
            block[g] = (byte)found.Indices[g];
            block[UpperOffset + (g / 2)] |= (byte)(found.Indices[g] >> 8 << (g % 2 * 4));
        }

        if (most != 0)
        {
            PackScales(found, most, block);
        }
    }

    private static ushort ScaleBits(byte* block)
    {
        int bits = 0;
        for (int j = 0; j < 4; j++)
        {
            bits |= *(ushort*)(block + WordsOffset + (2 * j)) >> 12 << (4 * j);
        }

        return (ushort)bits;
    }

    // Codes the scales, then fits the block's own once more with the points and codes as they are stored.
    private static void PackScales(SplitBlock found, float most, byte* block)
    {
        Codebook book = Book;
        float step = most / 15, inverse = 1 / step, p = 0, r = 0;
        for (int sub = 0; sub < Length / SubLength; sub++)
        {
            int code = CodeOf(inverse, found.Scales[sub]);
            *(ushort*)(block + WordsOffset + (sub / 4 * 2)) |= (ushort)(code << (sub % 4 * 3));
            block[UpperOffset + sub] |= (byte)(((found.Shifts[sub] & 1) << 7) | ((found.Shifts[sub] & 2) << 2));
            for (int i = sub * SubLength; i < (sub + 1) * SubLength; i++)
            {
                float value = SplitSearch.ValueOf(book.LevelsOf(found.Indices[i / 8])[i % 8], SplitSearch.IsDown(found.Shifts[sub], i / 8)) * ((2 * code) + 1);
                p += found.Weights[i] * value * found.Values[i];
                r += found.Weights[i] * value * value;
            }
        }

        step = r > 0 ? p / r : step;
        WriteScaleBits(block, Rounding.Scale(step * 1.1125f));
    }

    private static void WriteScaleBits(byte* block, ushort bits)
    {
        for (int j = 0; j < 4; j++)
        {
            *(ushort*)(block + WordsOffset + (2 * j)) |= (ushort)((bits >> (4 * j) & 15) << 12);
        }
    }
}
