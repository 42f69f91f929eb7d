namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's Q2_0: 64 columns in 18 bytes. Value = d · (code - 1).</summary>
/// <remarks>
/// <code>
/// byte  0  1 | 2 ... 17
///       d f16| column j at bits 2 · (j mod 4) of byte j / 4
/// </code>
/// </remarks>
internal sealed unsafe class Q2_0() : BlockDType("Q2_0", 42, Length, 18)
{
    private const int Length = 64;

    /// <inheritdoc/>
    internal override void Encode<T>(BlockRows rows)
    {
        byte* codes = stackalloc byte[Length];
        for (int i = 0; i < rows.Count; i++)
        {
            byte* block = rows.Block(i, BlockBytes);
            StoreScale(block, Trits.Code<T>(rows.Values(i, Length), Length, 0, codes));
            for (int j = 0; j < Length / 4; j++)
            {
                byte* four = codes + (4 * j);
                block[2 + j] = (byte)(four[0] | (four[1] << 2) | (four[2] << 4) | (four[3] << 6));
            }
        }
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        float d = ReadScale(block);
        for (int j = 0; j < Length; j++)
        {
            values[j] = d * ((block[2 + (j / 4)] >> (j % 4 * 2) & 3) - 1);
        }
    }
}
