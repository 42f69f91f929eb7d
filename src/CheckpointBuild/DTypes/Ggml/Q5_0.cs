namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's Q5_0: 32 columns in 22 bytes. Value = d · (code - 16).</summary>
/// <remarks>
/// <code>
/// byte  0  1 | 2 ...... 5         | 6 ............. 21
///       d f16| bit j: code j >> 4 | code j below, code j + 16 above
/// </code>
/// </remarks>
internal sealed unsafe class Q5_0() : SymmetricThirtyTwos("Q5_0", 6, 22, 16)
{
    /// <inheritdoc/>
    protected override void Pack(byte* codes, byte* block)
    {
        *(uint*)(block + 2) = Nibbles.FifthBits(codes);
        Nibbles.Pack16(codes, block + 6);
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        float d = ReadScale(block);
        uint fifth = *(uint*)(block + 2);
        for (int i = 0; i < Length / 2; i++)
        {
            int codes = block[6 + i];
            values[i] = d * (((codes & 15) | (int)(fifth >> i << 4 & 16)) - 16);
            values[i + 16] = d * (((codes >> 4) | (int)(fifth >> (i + 12) & 16)) - 16);
        }
    }
}
