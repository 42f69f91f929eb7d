namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's Q1_0: 128 columns in 18 bytes. Value = d where the bit is set, else -d; d is the mean of the magnitudes.</summary>
/// <remarks>
/// <code>
/// byte  0  1 | 2 ... 17
///       d f16| column j: bit j mod 8 of byte j / 8
/// </code>
/// </remarks>
internal sealed unsafe class Q1_0() : BlockDType("Q1_0", 41, Length, 18)
{
    private const int Length = 128;

    /// <inheritdoc/>
    internal override void Encode<T>(BlockRows rows)
    {
        T zero = T.All(0);
        for (int i = 0; i < rows.Count; i++)
        {
            float* x = rows.Values(i, Length);
            byte* block = rows.Block(i, BlockBytes);
            float sum = 0;
            for (int j = 0; j < Length; j++)
            {
                sum += System.MathF.Abs(x[j]);
            }

            StoreScale(block, sum / Length);
            new System.Span<byte>(block + 2, Length / 8).Clear();
            for (int j = 0; j < Length; j += T.Count)
            {
                uint bits = T.Bits(T.Either(T.Greater(T.Load(x + j), zero), T.Same(T.Load(x + j), zero)));
                for (int b = 0; b < T.Count; b += 8)
                {
                    block[2 + ((j + b) / 8)] |= (byte)(bits >> b << (j % 8));
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        float d = ReadScale(block);
        for (int j = 0; j < Length; j++)
        {
            values[j] = (block[2 + (j / 8)] >> (j % 8) & 1) != 0 ? d : -d;
        }
    }
}
