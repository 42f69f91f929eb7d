using System;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's IQ1_S: 256 columns in 50 bytes, sub-blocks of 32. Value = d · (2 · scale + 1) · (level - 1 ± 1/8).</summary>
/// <remarks>
/// <code>
/// byte  0  1 | 2 ... 33                           | 34 ... 49
///       d f16| indices of 8 columns, lower 8 bits | u16 for 32 columns: four times three bits of index, scale at 12, bit 15: moved down
/// </code>
/// </remarks>
internal sealed unsafe class IQ1_S() : BlockDType("IQ1_S", 19, Length, 50)
{
    private const int Length = 256;
    private const int SubLength = 32;
    private const int Subs = Length / SubLength;
    private const int WordsOffset = 34;
    private const int TopScale = 7;
    private const float Tiny = 1e-12f;

    /// <inheritdoc/>
    public override bool UsesImportance => true;

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
            SplitWeights.Of<T>(x, rows.Importance(i, Length), weights, isPlainSquare: false);
            new Span<ushort>(indices, Length / 8).Clear();
            new Span<byte>(block, BlockBytes).Clear();
            float most = 0;
            for (int sub = 0; sub < Subs; sub++)
            {
                int at = sub * SubLength;
                (scales[sub], shifts[sub]) = Extremes.Magnitude<T>(x + at, SubLength) < Tiny ? (0, 0) : SplitSearch.Search<T>(book, x + at, weights + at, SubLength, indices + (4 * sub));
                most = scales[sub] > most || float.IsNaN(scales[sub]) ? scales[sub] : most;
            }

            Finish(block, scales, shifts, indices, most);
        }
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        Codebook book = Codebook.Named("iq1");
        float d = ReadScale(block);
        for (int g = 0; g < Length / 8; g++)
        {
            int word = *(ushort*)(block + WordsOffset + (g / 4 * 2));
            byte* levels = book.LevelsOf(block[2 + g] | ((word >> (g % 4 * 3) & 7) << 8));
            float step = d * ((2 * (word >> 12 & TopScale)) + 1);
            for (int i = 0; i < 8; i++)
            {
                values[(8 * g) + i] = step * SplitSearch.ValueOf(levels[i], word >> 15 != 0);
            }
        }
    }

    private static void Finish(byte* block, float* scales, int* shifts, ushort* indices, float most)
    {
        if (float.IsNaN(most))
        {
            WriteScale(block, most);
            return;
        }

        float step = most / 15, inverse = 1 / step;
        WriteScale(block, most == 0 ? 0 : step * 1.125f);
        for (int sub = 0; sub < Subs; sub++)
        {
            int word = most == 0 ? 0 : (Rounding.Nearest(0.5f * ((inverse * scales[sub]) - 1), 0, TopScale) << 12) | (shifts[sub] != 0 ? 0x8000 : 0);
            for (int k = 0; k < 4; k++)
            {
                int index = indices[(4 * sub) + k];
                block[2 + (4 * sub) + k] = (byte)index;
                word |= index >> 8 << (3 * k);
            }

            *(ushort*)(block + WordsOffset + (2 * sub)) = (ushort)word;
        }
    }
}
