namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's IQ4_NL: 32 columns in 18 bytes. Value = d · table[code].</summary>
/// <remarks>
/// <code>
/// byte  0  1 | 2 ............. 17
///       d f16| code j below, code j + 16 above
/// </code>
/// </remarks>
internal sealed unsafe class IQ4_NL() : BlockDType("IQ4_NL", 20, Length, 18)
{
    private const int Length = 32;

    /// <inheritdoc/>
    public override bool UsesImportance => true;

    /// <inheritdoc/>
    internal override void Encode<T>(BlockRows rows)
    {
        float* room = stackalloc float[((4 * Length) + 3) * T.Count];
        byte* codes = stackalloc byte[Length];
        var search = new BlockSearch(room, codes, Length, T.Count);
        for (int first = 0; first < rows.Count; first += T.Count)
        {
            Turned.Values<T>(rows, Length, first, Length, search.X);
            if (rows.HasImportance)
            {
                Turned.Importance<T>(rows, Length, first, Length, search.Q);
                for (int lane = 0; lane < T.Count; lane++)
                {
                    search.Variances[lane] = first + lane < rows.Count ? Turned.SumOfSquares(rows.Values(first + lane, Length), Length) * (2f / Length) : 0;
                }

                Turned.Weigh<T>(search.X, search.Q, search.Variances, Length, search.W);
            }
            else
            {
                Turned.Square<T>(search.X, Length, search.W);
            }

            NonlinearFour.Search<T>(search, Length);
            for (int lane = 0; lane < T.Count && first + lane < rows.Count; lane++)
            {
                byte* block = rows.Block(first + lane, BlockBytes);
                float scale = search.Scales[lane];
                StoreScale(block, scale);
                T by = T.All(scale == 0 ? 0 : 1 / scale);
                for (int i = 0; i < Length; i += T.Count)
                {
                    NonlinearFour.Code(by * T.Load(rows.Values(first + lane, Length) + i)).StoreBytes(codes + i);
                }

                Nibbles.Pack16(codes, block + 2);
            }
        }
    }

    /// <inheritdoc/>
    protected override void DecodeBlock(byte* block, float* values)
    {
        float d = ReadScale(block);
        for (int i = 0; i < Length / 2; i++)
        {
            values[i] = d * NonlinearFour.Values[block[2 + i] & 15];
            values[i + 16] = d * NonlinearFour.Values[block[2 + i] >> 4];
        }
    }
}
