namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's Q4_1: 32 columns in 20 bytes. Value = d · code + m.</summary>
/// <remarks>
/// <code>
/// byte  0  1 | 2  3 | 4 ............. 19
///       d f16| m f16| code j below, code j + 16 above
/// </code>
/// </remarks>
internal sealed unsafe class Q4_1() : AsymmetricThirtyTwos("Q4_1", 3, 20, 15)
{
    /// <inheritdoc/>
    protected override void Pack(byte* codes, byte* block) => Nibbles.Pack16(codes, block + 4);

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        byte* codes = stackalloc byte[Length];
        Nibbles.Unpack16(block + 4, codes);
        SubBlockValues.Write(codes, Length, ReadScale(block), -ReadScale(block + LowOffset), values);
    }
}
