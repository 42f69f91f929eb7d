namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's Q4_K: 256 columns in 144 bytes. From byte 16 on, 32 bytes for 64 columns: code j below, code j + 32 above.</summary>
internal sealed unsafe class Q4_K() : ThirtyTwoK("Q4_K", 12, 144, new AsymmetricTrials(SubLength, 15, -1f, 0.1f, 20))
{
    /// <inheritdoc/>
    protected override bool LimitsWeightedScales => false;

    /// <inheritdoc/>
    protected override void Pack(byte* codes, byte* block)
    {
        for (int i = 0; i < Length; i += 64)
        {
            Nibbles.Pack32(codes + i, block + CodesOffset + (i / 2));
        }
    }

    /// <inheritdoc/>
    protected override void Unpack(byte* block, byte* codes)
    {
        for (int i = 0; i < Length; i += 64)
        {
            Nibbles.Unpack32(block + CodesOffset + (i / 2), codes + i);
        }
    }
}
