namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's IQ1_S: 256 columns in 50 bytes, sub-blocks of 32. Value = d · (2 · scale + 1) · (level - 1 ± 1/8).</summary>
/// <remarks>
/// <code>
/// byte  0  1 | 2 ... 33                           | 34 ... 49
///       d f16| indices of 8 columns, lower 8 bits | u16 for 32 columns: four times three bits of index, scale at 12, bit 15: moved down
/// </code>
/// </remarks>
internal sealed unsafe class IQ1_S() : SplitDType("IQ1_S", 19, 50, new SplitRules(SubLength, 1e-12f, PlainIsSquare: false))
{
    private const int SubLength = 32;
    private const int WordsOffset = 34;

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        Codebook book = Book;
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

    /// <inheritdoc/>
    protected override void Pack(SplitBlock found, float most, byte* block)
    {
        float step = most / 15, inverse = 1 / step;
        StoreScale(block, most == 0 ? 0 : step * 1.125f);
        for (int sub = 0; sub < Length / SubLength; sub++)
        {
            int word = most == 0 ? 0 : (CodeOf(inverse, found.Scales[sub]) << 12) | (found.Shifts[sub] != 0 ? 0x8000 : 0);
            for (int k = 0; k < 4; k++)
            {
                int index = found.Indices[(4 * sub) + k];
                block[2 + (4 * sub) + k] = (byte)index;
                word |= index >> 8 << (3 * k);
            }

            *(ushort*)(block + WordsOffset + (2 * sub)) = (ushort)word;
        }
    }
}
