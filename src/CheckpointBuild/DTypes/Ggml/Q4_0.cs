namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's Q4_0: 32 columns in 18 bytes. Value = d · (code - 8).</summary>
/// <remarks>
/// <code>
/// byte  0  1 | 2 ............. 17
///       d f16| code j below, code j + 16 above
/// </code>
/// </remarks>
internal sealed unsafe class Q4_0() : SymmetricThirtyTwos("Q4_0", 2, 18, 8)
{
    /// <inheritdoc/>
    protected override void Pack(byte* codes, byte* block) => Nibbles.Pack16(codes, block + 2);

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        byte* codes = stackalloc byte[Length];
        Nibbles.Unpack16(block + 2, codes);
        SubBlockValues.WriteCentred(codes, Length, ReadScale(block), 8, values);
    }
}
