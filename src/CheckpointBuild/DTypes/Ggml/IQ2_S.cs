namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's IQ2_S: 256 columns in 82 bytes.</summary>
/// <remarks>
/// <code>
/// byte  0  1 | 2 ... 33              | 34 ... 65 | 66 ... 73                              | 74 ... 81
///       d f16| indices, lower 8 bits | signs     | indices, upper 2 bits, four in a byte  | scales of 16 columns, four bits each
/// </code>
/// </remarks>
internal sealed unsafe class IQ2_S() : LatticeDType("IQ2_S", 22, 82, new LatticeRules("iq2_s", 16, 2, 9, 0.1f) { Skip = 1e-8f, Factor = 0.9875f, PlainVariance = 0.25f })
{
    private const int SignsOffset = 34;
    private const int UpperOffset = 66;
    private const int ScalesOffset = 74;

    /// <inheritdoc/>
    protected override bool KeepsBitsOfZeroBlock => true;

    /// <inheritdoc/>
    protected override void Pack(LatticeBlock found, byte* block)
    {
        for (int i = 0; i < 32; i++)
        {
            block[2 + i] = (byte)found.Indices[i];
            block[SignsOffset + i] = found.Signs[i];
            block[UpperOffset + (i / 4)] |= (byte)(found.Indices[i] >> 8 << (i % 4 * 2));
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
            int index = block[2 + i] | ((block[UpperOffset + (i / 4)] >> (i % 4 * 2) & 3) << 8), code = block[ScalesOffset + (i / 4)] >> (i / 2 % 2 * 4) & 15;
            Magnitudes2.Write(d * (0.5f + code) * 0.25f, Book.LevelsOf(index), block[SignsOffset + i], values + (8 * i));
        }
    }
}
