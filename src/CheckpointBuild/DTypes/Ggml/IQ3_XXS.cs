namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's IQ3_XXS: 256 columns in 98 bytes.</summary>
/// <remarks>
/// <code>
/// byte  0  1 | 2 ... 65             | 66 ... 97
///       d f16| indices of 4 columns | u32 for 32 columns: four times seven bits of signs, then the scale's four
/// </code>
/// </remarks>
internal sealed unsafe class IQ3_XXS() : LatticeDType("IQ3_XXS", 18, 98, new LatticeRules("iq3_xxs", 32, 7, 15, 0.2f) { HasEvenSigns = true, Skip = 1e-8f, Factor = 1.0125f })
{
    private const int SignsOffset = 66;

    // What the levels decode to, where the search had 1, 3, 5 and so on.
    private static readonly byte[] Values = [4, 12, 20, 28, 36, 44, 52, 62];

    /// <inheritdoc/>
    protected override void Pack(LatticeBlock found, byte* block)
    {
        for (int i = 0; i < 64; i++)
        {
            block[2 + i] = (byte)found.Indices[i];
        }

        for (int sub = 0; sub < 8; sub++)
        {
            uint word = (uint)found.Codes[sub] << 28;
            for (int k = 0; k < 4; k++)
            {
                word |= (uint)found.Signs[(4 * sub) + k] << (7 * k);
            }

            *(uint*)(block + SignsOffset + (4 * sub)) = word;
        }
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        byte* magnitudes = stackalloc byte[8];
        float d = ReadScale(block);
        for (int i = 0; i < 32; i++)
        {
            uint word = *(uint*)(block + SignsOffset + (i / 4 * 4));
            for (int j = 0; j < 8; j++)
            {
                magnitudes[j] = Values[Book.LevelsOf(block[2 + (2 * i) + (j / 4)])[j % 4]];
            }

            WriteEight(d * (0.5f + (word >> 28)) * 0.5f, magnitudes, EvenSigns((int)(word >> (i % 4 * 7)) & 127), values + (8 * i));
        }
    }
}
