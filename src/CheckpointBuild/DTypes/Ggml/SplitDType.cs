using System;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>What IQ1_S and IQ1_M share: 256 columns whose numbers are one of three values, eight of them a point of a codebook, moved up or down by an eighth, with a scale of three bits for 16 or 32.</summary>
/// <param name="name">ggml's name.</param>
/// <param name="ggmlType">ggml's number.</param>
/// <param name="blockBytes">Bytes of a block.</param>
/// <param name="rules">What tells it apart.</param>
internal abstract unsafe class SplitDType(string name, int ggmlType, int blockBytes, SplitRules rules) : BlockDType(name, ggmlType, Length, blockBytes)
{
    /// <summary>Columns of a block.</summary>
    protected const int Length = 256;

    /// <summary>The largest code of a scale.</summary>
    protected const int TopScale = 7;

    private const int MostSubs = Length / 16;

    /// <inheritdoc/>
    public override bool UsesImportance => true;

    /// <summary>The points.</summary>
    protected static Codebook Book => Codebook.Named("iq1");

    /// <inheritdoc/>
    internal sealed override void Encode<T>(BlockRows rows)
    {
        float* weights = stackalloc float[Length];
        float* scales = stackalloc float[MostSubs];
        int* shifts = stackalloc int[MostSubs];
        ushort* indices = stackalloc ushort[Length / 8];
        Codebook book = Book;
        int n = rules.SubLength;
        for (int i = 0; i < rows.Count; i++)
        {
            float* x = rows.Values(i, Length);
            byte* block = rows.Block(i, BlockBytes);
            Weigh<T>(x, rows.Importance(i, Length), weights);
            new Span<ushort>(indices, Length / 8).Clear();
            new Span<byte>(block, BlockBytes).Clear();
            float most = 0;
            for (int sub = 0; sub < Length / n; sub++)
            {
                int at = sub * n;
                (scales[sub], shifts[sub]) = Extremes.Magnitude<T>(x + at, n) < rules.Tiny ? (0, 0) : SplitSearch.Search<T>(book, x + at, weights + at, n, indices + (at / 8));
                most = scales[sub] > most || float.IsNaN(scales[sub]) ? scales[sub] : most;
            }

            // Where the reference gives up, because no point is at a finite distance, the block says so.
            if (float.IsNaN(most))
            {
                WriteBroken(new Span<byte>(block, BlockBytes));
            }
            else
            {
                Pack(new SplitBlock(x, weights, scales, shifts, indices), most, block);
            }
        }
    }

    /// <summary>Writes a block.</summary>
    /// <param name="found">What was found for it.</param>
    /// <param name="most">The largest scale of a sub-block.</param>
    /// <param name="block">Zeros; receives the block.</param>
    protected abstract void Pack(SplitBlock found, float most, byte* block);

    /// <summary>The code of a sub-block's scale.</summary>
    /// <param name="inverse">One over the block's step.</param>
    /// <param name="scale">The sub-block's scale.</param>
    /// <returns>0 to <see cref="TopScale"/>.</returns>
    protected static int CodeOf(float inverse, float scale) => Rounding.Nearest(0.5f * ((inverse * scale) - 1), 0, TopScale);

    // Without importance the columns of IQ1_M weigh by their squares.
    private void Weigh<T>(float* x, float* importance, float* weights)
        where T : struct, ILanes<T>
    {
        T variance = T.All(2 * Turned.SumOfSquares(x, Length) / Length);
        for (int i = 0; i < Length; i += T.Count)
        {
            T value = T.Load(x + i), square = value * value;
            T weight = importance == null && rules.PlainIsSquare ? square : T.Sqrt(variance + square);
            (importance == null ? weight : T.Load(importance + i) * weight).Store(weights + i);
        }
    }
}
