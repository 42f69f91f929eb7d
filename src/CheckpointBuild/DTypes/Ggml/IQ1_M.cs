using System;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's IQ1_M: 256 columns in 56 bytes, sub-blocks of 16. Value = d · (2 · scale + 1) · (level - 1 ± 1/8).</summary>
/// <remarks>
/// <code>
/// byte  0 ... 31                           | 32 ... 47                                                        | 48 ... 55
///       indices of 8 columns, lower 8 bits | per 16: index bits at 0 and 4; bit 3, bit 7: the half moved down | four u16: scales of 16 columns at 0, 3, 6, 9; d f16 in the four upper nibbles
/// </code>
/// </remarks>
internal sealed unsafe class IQ1_M() : BlockDType("IQ1_M", 29, Length, 56)
{
    private const int Length = 256;
    private const int SubLength = 16;
    private const int Subs = Length / SubLength;
    private const int UpperOffset = 32;
    private const int WordsOffset = 48;
    private const int TopScale = 7;
    private const float Tiny = 1e-7f;

    /// <inheritdoc/>
    public override bool UsesImportance => true;

    /// <inheritdoc/>
    protected override ReadOnlySpan<byte> ScaleOffsets => [];

    /// <inheritdoc/>
    internal override void Encode<T>(BlockRows rows)
    {
        float* weights = stackalloc float[Length];
        float* scales = stackalloc float[Subs];
        int* shifts = stackalloc int[Subs];
        ushort* indices = stackalloc ushort[Length / 8];
        Codebook book = Codebook.Named("iq1");
        for (int i = 0; i < rows.Count; i++)
        {
            float* x = rows.Values(i, Length);
            byte* block = rows.Block(i, BlockBytes);
            SplitWeights.Of<T>(x, rows.Importance(i, Length), weights, isPlainSquare: true);
            new Span<ushort>(indices, Length / 8).Clear();
            new Span<byte>(block, BlockBytes).Clear();
            float most = 0;
            for (int sub = 0; sub < Subs; sub++)
            {
                int at = sub * SubLength;
                (scales[sub], shifts[sub]) = Extremes.Magnitude<T>(x + at, SubLength) < Tiny ? (0, 0) : SplitSearch.Search<T>(book, x + at, weights + at, SubLength, indices + (2 * sub));
                most = scales[sub] > most || float.IsNaN(scales[sub]) ? scales[sub] : most;
            }

            for (int g = 0; g < Length / 8; g++)
            {
                block[g] = (byte)indices[g];
                block[UpperOffset + (g / 2)] |= (byte)(indices[g] >> 8 << (g % 2 * 4));
            }

            if (float.IsNaN(most))
            {
                WriteBroken(new Span<byte>(block, BlockBytes));
            }
            else if (most != 0)
            {
                Finish(book, x, weights, new LatticeBlock(scales, indices, null, block), shifts, most);
            }
        }
    }

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
        Codebook book = Codebook.Named("iq1");
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
    private static void Finish(Codebook book, float* x, float* weights, LatticeBlock found, int* shifts, float most)
    {
        byte* block = found.Codes;
        float step = most / 15, inverse = 1 / step, p = 0, r = 0;
        for (int sub = 0; sub < Subs; sub++)
        {
            int code = Rounding.Nearest(0.5f * ((inverse * found.Scales[sub]) - 1), 0, TopScale);
            *(ushort*)(block + WordsOffset + (sub / 4 * 2)) |= (ushort)(code << (sub % 4 * 3));
            block[UpperOffset + sub] |= (byte)(((shifts[sub] & 1) << 7) | ((shifts[sub] & 2) << 2));
            for (int i = sub * SubLength; i < (sub + 1) * SubLength; i++)
            {
                float value = SplitSearch.ValueOf(book.LevelsOf(found.Indices[i / 8])[i % 8], SplitSearch.IsDown(shifts[sub], i / 8)) * ((2 * code) + 1);
                p += weights[i] * value * x[i];
                r += weights[i] * value * value;
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
