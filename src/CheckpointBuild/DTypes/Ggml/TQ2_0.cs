namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's TQ2_0: 256 columns in 66 bytes. Value = d · (code - 1).</summary>
/// <remarks>
/// <code>
/// byte  0 ... 31              | 32 ... 63    | 64 65
///       columns 0 to 127      | 128 to 255   | d f16
/// </code>
/// A byte holds columns j, j + 32, j + 64 and j + 96 of its 128.
/// </remarks>
internal sealed unsafe class TQ2_0() : BlockDType("TQ2_0", 35, Length, 66)
{
    private const int Length = 256;
    private const int ScaleOffset = 64;

    /// <inheritdoc/>
    protected override System.ReadOnlySpan<byte> ScaleOffsets => [ScaleOffset];

    /// <inheritdoc/>
    internal override void Encode<T>(BlockRows rows)
    {
        byte* codes = stackalloc byte[Length];
        for (int i = 0; i < rows.Count; i++)
        {
            byte* block = rows.Block(i, BlockBytes);
            StoreScale(block + ScaleOffset, Trits.Code<T>(rows.Values(i, Length), Length, 1, codes));
            Nibbles.PackPairs(codes, block);
            Nibbles.PackPairs(codes + 128, block + 32);
        }
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        byte* codes = stackalloc byte[Length];
        Nibbles.UnpackPairs(block, codes);
        Nibbles.UnpackPairs(block + 32, codes + 128);
        SubBlockValues.WriteCentred(codes, Length, ReadScale(block + ScaleOffset), 1, values);
    }
}
