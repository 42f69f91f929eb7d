namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's first block types: 32 columns, one binary16 scale and perhaps a minimum. Without importance the codes follow from the extremes; with it they are searched.</summary>
/// <param name="name">ggml's name.</param>
/// <param name="ggmlType">ggml's number.</param>
/// <param name="blockBytes">Bytes of a block.</param>
internal abstract unsafe class ThirtyTwos(string name, int ggmlType, int blockBytes) : BlockDType(name, ggmlType, Length, blockBytes)
{
    /// <summary>Columns of a block.</summary>
    protected const int Length = 32;

    /// <inheritdoc/>
    public override bool UsesImportance => true;

    /// <inheritdoc/>
    internal sealed override void Encode<T>(BlockRows rows)
    {
        if (rows.HasImportance)
        {
            EncodeWeighted<T>(rows);
        }
        else
        {
            EncodePlain<T>(rows);
        }
    }

    /// <summary>Encodes blocks without importance.</summary>
    /// <typeparam name="T">Lanes along a block's elements.</typeparam>
    /// <param name="rows">The blocks.</param>
    protected abstract void EncodePlain<T>(BlockRows rows)
        where T : struct, ILanes<T>;

    /// <summary>Searches scales and codes with importance.</summary>
    /// <typeparam name="T">A lane is a block.</typeparam>
    /// <param name="search">The blocks; receives what is found.</param>
    protected abstract void Search<T>(BlockSearch search)
        where T : struct, ILanes<T>;

    /// <summary>Writes codes into a block.</summary>
    /// <param name="codes">[32] codes.</param>
    /// <param name="block">The block.</param>
    protected abstract void Pack(byte* codes, byte* block);

    /// <summary>Writes the scales that a search found.</summary>
    /// <param name="scale">The scale.</param>
    /// <param name="low">The minimum.</param>
    /// <param name="block">The block.</param>
    protected abstract void WriteScales(float scale, float low, byte* block);

    private void EncodeWeighted<T>(BlockRows rows)
        where T : struct, ILanes<T>
    {
        float* room = stackalloc float[((4 * Length) + 3) * T.Count];
        byte* codes = stackalloc byte[Length * T.Count];
        byte* one = stackalloc byte[Length];
        var search = new BlockSearch(room, codes, Length, T.Count);
        int row = -1;
        float variance = 0;
        for (int first = 0; first < rows.Count; first += T.Count)
        {
            Turned.Values<T>(rows, Length, first, Length, search.X);
            Turned.Importance<T>(rows, Length, first, Length, search.Q);
            for (int lane = 0; lane < T.Count; lane++)
            {
                int of = (int)((long)(first + lane) * Length / rows.Columns);
                if (of != row && first + lane < rows.Count)
                {
                    row = of;
                    variance = Turned.SumOfSquares(rows.Values(first + lane, Length), rows.Columns) / rows.Columns;
                }

                search.Variances[lane] = variance;
            }

            Turned.Weigh<T>(search.X, search.Q, search.Variances, Length, search.W);
            Search<T>(search);
            for (int lane = 0; lane < T.Count && first + lane < rows.Count; lane++)
            {
                byte* block = rows.Block(first + lane, BlockBytes);
                for (int i = 0; i < Length; i++)
                {
                    one[i] = search.Codes[(i * T.Count) + lane];
                }

                WriteScales(search.Scales[lane], search.Lows[lane], block);
                Pack(one, block);
            }
        }
    }
}
