namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's Q5_1: 32 columns in 24 bytes. Value = d · code + m.</summary>
/// <remarks>
/// <code>
/// byte  0  1 | 2  3 | 4 ...... 7         | 8 ............. 23
///       d f16| m f16| bit j: code j >> 4 | code j below, code j + 16 above
/// </code>
/// </remarks>
internal sealed unsafe class Q5_1() : AsymmetricThirtyTwos("Q5_1", 7, 24, 31)
{
    /// <inheritdoc/>
    protected override void Pack(byte* codes, byte* block)
    {
        *(uint*)(block + 4) = Nibbles.FifthBits(codes);
        Nibbles.Pack16(codes, block + 8);
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        float d = ReadScale(block), m = ReadScale(block + LowOffset);
        uint fifth = *(uint*)(block + 4);
        for (int i = 0; i < Length / 2; i++)
        {
            int codes = block[8 + i];
            values[i] = (d * ((codes & 15) | (int)(fifth >> i << 4 & 16))) + m;
            values[i + 16] = (d * ((codes >> 4) | (int)(fifth >> (i + 12) & 16))) + m;
        }
    }
}
