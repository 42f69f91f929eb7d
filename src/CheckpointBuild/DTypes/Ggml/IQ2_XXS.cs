namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's IQ2_XXS: 256 columns in 66 bytes.</summary>
/// <remarks>
/// <code>
/// byte  0  1 | eight bytes for 32 columns: four indices | u32: four times seven bits of signs, then the scale's four
///       d f16|
/// </code>
/// </remarks>
internal sealed unsafe class IQ2_XXS() : LatticeDType("IQ2_XXS", 16, 66, new LatticeRules("iq2_xxs", 32, 2, 6, 0.1f)
{
    HasEvenSigns = true,
    Skip = 1e-15f,
    StartsFromFit = true,
    DoublesVariance = false,
    NeedsImportance = true,
})
{
    /// <inheritdoc/>
    protected override void Pack(LatticeBlock found, byte* block)
    {
        for (int sub = 0; sub < 8; sub++)
        {
            byte* part = block + 2 + (8 * sub);
            uint word = (uint)found.Codes[sub] << 28;
            for (int k = 0; k < 4; k++)
            {
                part[k] = (byte)found.Indices[(4 * sub) + k];
                word |= (uint)found.Signs[(4 * sub) + k] << (7 * k);
            }

            *(uint*)(part + 4) = word;
        }
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        float d = ReadScale(block);
        for (int sub = 0; sub < 8; sub++)
        {
            byte* part = block + 2 + (8 * sub);
            uint word = *(uint*)(part + 4);
            float step = d * (0.5f + (word >> 28)) * 0.25f;
            for (int k = 0; k < 4; k++)
            {
                Magnitudes2.Write(step, Book.LevelsOf(part[k]), EvenSigns((int)(word >> (7 * k)) & 127), values + (32 * sub) + (8 * k));
            }
        }
    }
}
