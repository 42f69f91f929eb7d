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

    private const int MostLanes = 16;

    /// <inheritdoc/>
    public override bool UsesImportance => true;

    /// <summary>What the mean of a block's squares is multiplied by in the weights of importance: 1 or 2.</summary>
    protected virtual float VarianceFactor => 2;

    /// <inheritdoc/>
    internal sealed override void Encode<T>(BlockRows rows)
    {
        int subs = Length / subLength;
        int group = Math.Max(1, T.Count / subs);
        float* room = stackalloc float[((4 * 32) + 3) * MostLanes];
        float* found = stackalloc float[3 * MostLanes * 2];
        byte* codes = stackalloc byte[2 * Length];
        var search = new BlockSearch(room, codes, subLength, T.Count);
        var result = new SubBlocks(found, found + (2 * MostLanes), found + (4 * MostLanes), codes);
        float* variances = stackalloc float[2];
        for (int first = 0; first < rows.Count; first += group)
        {
            for (int i = 0; rows.HasImportance && i < group && first + i < rows.Count; i++)
            {
                variances[i] = VarianceFactor * Turned.SumOfSquares(rows.Values(first + i, Length), Length) / Length;
            }

            for (int sub = 0; sub < group * subs; sub += T.Count)
            {
                int start = (first * subs) + sub;
                Turned.Values<T>(rows, Length, start, subLength, search.X);
                if (rows.HasImportance)
                {
                    Turned.Importance<T>(rows, Length, start, subLength, search.Q);
                    for (int lane = 0; lane < T.Count; lane++)
                    {
                        search.Variances[lane] = variances[(sub + lane) / subs];
                    }
                }

                Weigh<T>(search, rows.HasImportance);
                SumWeights<T>(search, result.Weights + sub);
                Search<T>(search, result.From(sub, subLength), rows.HasImportance);
            }

            for (int i = 0; i < group && first + i < rows.Count; i++)
            {
                Finish<T>(rows.Values(first + i, Length), result.From(i * subs, subLength), rows.HasImportance, rows.Block(first + i, BlockBytes));
            }
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
