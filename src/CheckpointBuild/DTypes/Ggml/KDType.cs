using System;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>ggml's K types: 256 columns, sub-blocks of 16 or 32 with small scales of their own, and one or two binary16 scales for those.</summary>
/// <remarks>First every sub-block's scale is searched, then the scales are coded, then every column is coded anew with the scales as they are stored.</remarks>
/// <param name="name">ggml's name.</param>
/// <param name="ggmlType">ggml's number.</param>
/// <param name="blockBytes">Bytes of a block.</param>
/// <param name="subLength">Columns of a sub-block.</param>
internal abstract unsafe class KDType(string name, int ggmlType, int blockBytes, int subLength) : BlockDType(name, ggmlType, Length, blockBytes)
{
    /// <summary>Columns of a block.</summary>
    protected const int Length = 256;

    /// <inheritdoc/>
    public override bool UsesImportance => true;

    /// <summary>What the mean of a block's squares is multiplied by in the weights of importance: 1 or 2.</summary>
    protected virtual float VarianceFactor => 2;

    /// <summary>Whether a search without importance is one long chain of operations that wait for each other; twice the lanes then cost little more.</summary>
    protected virtual bool SearchWaits => false;

    /// <inheritdoc/>
    internal sealed override void Encode<T>(BlockRows rows)
    {
        if (SearchWaits && !rows.HasImportance && T.Count > 1)
        {
            Encode<Twice<T>, T>(rows);
        }
        else
        {
            Encode<T, T>(rows);
        }
    }

    /// <summary>Gives every number its weight.</summary>
    /// <typeparam name="T">A lane is a sub-block.</typeparam>
    /// <param name="search">Numbers, and importance and variances where they are known.</param>
    /// <param name="isWeighted">Whether importance is known.</param>
    protected virtual void Weigh<T>(BlockSearch search, bool isWeighted)
        where T : struct, ILanes<T>
    {
        if (isWeighted)
        {
            Turned.Weigh<T>(search.X, search.Q, search.Variances, subLength, search.W);
        }
        else
        {
            WeighPlain<T>(search);
        }
    }

    /// <summary>Gives every number its weight where no importance is known.</summary>
    /// <typeparam name="T">A lane is a sub-block.</typeparam>
    /// <param name="search">Numbers; receives weights.</param>
    protected virtual void WeighPlain<T>(BlockSearch search)
        where T : struct, ILanes<T> => Turned.Square<T>(search.X, subLength, search.W);

    /// <summary>Searches the scales of sub-blocks.</summary>
    /// <typeparam name="T">A lane is a sub-block.</typeparam>
    /// <param name="search">Numbers and weights.</param>
    /// <param name="found">Receives what is found.</param>
    /// <param name="isWeighted">Whether importance is known.</param>
    protected abstract void Search<T>(BlockSearch search, SubBlocks found, bool isWeighted)
        where T : struct, ILanes<T>;

    /// <summary>Codes scales and columns of one block.</summary>
    /// <typeparam name="T">Lanes along the block's elements.</typeparam>
    /// <param name="x">[256] numbers.</param>
    /// <param name="found">What was found for its sub-blocks.</param>
    /// <param name="isWeighted">Whether importance is known.</param>
    /// <param name="block">Receives the block.</param>
    protected abstract void Finish<T>(float* x, SubBlocks found, bool isWeighted, byte* block)
        where T : struct, ILanes<T>;

    /// <summary>Codes one sub-block with its signed scale as it is stored; with a scale of 0 the search's codes stay.</summary>
    /// <typeparam name="T">Lanes along the elements.</typeparam>
    /// <param name="x">[n] numbers.</param>
    /// <param name="scale">d · scale.</param>
    /// <param name="levels">N: codes -N to N - 1, stored with N added.</param>
    /// <param name="found">The sub-block.</param>
    protected void Recode<T>(float* x, float scale, int levels, SubBlocks found)
        where T : struct, ILanes<T>
    {
        if (scale == 0)
        {
            found.TakeSearched(0, subLength);
            return;
        }

        byte* codes = found.Codes(0, subLength);
        T by = T.All(scale), middle = T.All(levels);
        for (int i = 0; i < subLength; i += T.Count)
        {
            (T.Nearest(T.Load(x + i) / by, -levels, levels - 1) + middle).StoreBytes(codes + i);
        }
    }

    private void Encode<TSearch, T>(BlockRows rows)
        where TSearch : struct, ILanes<TSearch>
        where T : struct, ILanes<T>
    {
        int subs = Length / subLength;
        int group = Math.Max(1, TSearch.Count / subs);
        float* room = stackalloc float[((4 * subLength) + 3) * TSearch.Count];
        float* found = stackalloc float[3 * group * subs];
        byte* codes = stackalloc byte[2 * group * Length];
        var search = new BlockSearch(room, codes, subLength, TSearch.Count);
        var result = new SubBlocks(found, found + (group * subs), found + (2 * group * subs), codes, codes + (group * Length)) { Lanes = TSearch.Count };
        float* variances = stackalloc float[group];
        for (int first = 0; first < rows.Count; first += group)
        {
            for (int i = 0; rows.HasImportance && i < group && first + i < rows.Count; i++)
            {
                variances[i] = VarianceFactor * Turned.SumOfSquares(rows.Values(first + i, Length), Length) / Length;
            }

            for (int sub = 0; sub < group * subs; sub += TSearch.Count)
            {
                int start = (first * subs) + sub;
                Turned.Values<TSearch>(rows, Length, start, subLength, search.X);
                if (rows.HasImportance)
                {
                    Turned.Importance<TSearch>(rows, Length, start, subLength, search.Q);
                    for (int lane = 0; lane < TSearch.Count; lane++)
                    {
                        search.Variances[lane] = variances[(sub + lane) / subs];
                    }
                }

                Weigh<TSearch>(search, rows.HasImportance);
                SumWeights<TSearch>(search, result.Weights + sub);
                Search<TSearch>(search, result.From(sub), rows.HasImportance);
            }

            for (int i = 0; i < group && first + i < rows.Count; i++)
            {
                Finish<T>(rows.Values(first + i, Length), result.From(i * subs), rows.HasImportance, rows.Block(first + i, BlockBytes));
            }
        }
    }

    private void SumWeights<T>(BlockSearch search, float* sums)
        where T : struct, ILanes<T>
    {
        T sum = T.Load(search.W);
        for (int i = 1; i < subLength; i++)
        {
            sum += T.Load(search.W + (i * T.Count));
        }

        sum.Store(sums);
    }
}
