using System.Runtime.Intrinsics;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's Q5_K: 256 columns in 176 bytes. From byte 48 on the lower four bits as in Q4_K; bytes 16 to 47 hold the fifth: bit s of byte j is that of column 32s + j.</summary>
internal sealed unsafe class Q5_K() : ThirtyTwoK("Q5_K", 13, 176, new AsymmetricTrials(SubLength, 31, -0.5f, 0.1f, 15))
{
    private const int LowerOffset = 48;

    /// <inheritdoc/>
    protected override bool LimitsWeightedScales => true;

    /// <inheritdoc/>
    protected override void Pack(byte* codes, byte* block)
    {
        for (int i = 0; i < Length; i += 64)
        {
            Nibbles.Pack32(codes + i, block + LowerOffset + (i / 2));
        }

        for (int half = 0; half < SubLength; half += 16)
        {
            Vector128<ushort> fifth = default;
            for (int sub = 0; sub < 8; sub++)
            {
                fifth |= ((Vector128.Load(codes + (sub * SubLength) + half) & Vector128.Create((byte)16)).AsUInt16() >> 4) << sub;
            }

            fifth.AsByte().Store(block + CodesOffset + half);
        }
    }

    /// <inheritdoc/>
    protected override void Unpack(byte* block, byte* codes)
    {
        for (int i = 0; i < Length; i += 64)
        {
            Nibbles.Unpack32(block + LowerOffset + (i / 2), codes + i);
        }

        for (int half = 0; half < SubLength; half += 16)
        {
            Vector128<ushort> fifth = Vector128.Load(block + CodesOffset + half).AsUInt16();
            for (int sub = 0; sub < 8; sub++)
            {
                byte* of = codes + (sub * SubLength) + half;
                (Vector128.Load(of) | (((fifth >> sub).AsByte() & Vector128<byte>.One).AsUInt16() << 4).AsByte()).Store(of);
            }
        }
    }
}
