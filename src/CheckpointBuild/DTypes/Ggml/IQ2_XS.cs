namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's IQ2_XS: 256 columns in 74 bytes.</summary>
/// <remarks>
/// <code>
/// byte  0  1 | 2 ................. 65                             | 66 ... 73
///       d f16| u16 for 8 columns: nine bits of index, seven signs | scales of 16 columns, four bits each
/// </code>
/// </remarks>
internal sealed unsafe class IQ2_XS() : LatticeDType("IQ2_XS", 17, 74, new LatticeRules("iq2_xs", 16, 2, 9, 0.1f)
{
    HasEvenSigns = true,
    Skip = 1e-15f,
    DoublesVariance = false,
    NeedsImportance = true,
})
{
    private const int ScalesOffset = 66;

    /// <inheritdoc/>
    protected override void Pack(LatticeBlock found, byte* block)
    {
        for (int i = 0; i < 32; i++)
        {
            *(ushort*)(block + 2 + (2 * i)) = (ushort)(found.Indices[i] | (found.Signs[i] << 9));
        }

        for (int i = 0; i < 8; i++)
        {
            block[ScalesOffset + i] = (byte)(found.Codes[2 * i] | (found.Codes[(2 * i) + 1] << 4));
        }
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        float d = ReadScale(block);
        for (int i = 0; i < 32; i++)
        {
            int word = *(ushort*)(block + 2 + (2 * i)), code = block[ScalesOffset + (i / 4)] >> (i / 2 % 2 * 4) & 15;
            Magnitudes2.Write(d * (0.5f + code) * 0.25f, Book.LevelsOf(word & 511), EvenSigns(word >> 9), values + (8 * i));
        }
    }
}
