using System.Runtime.CompilerServices;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>Q4_1 and Q5_1: value = d · code + m, where the smallest number gets code 0 and the largest the top.</summary>
/// <param name="name">ggml's name.</param>
/// <param name="ggmlType">ggml's number.</param>
/// <param name="blockBytes">Bytes of a block.</param>
/// <param name="top">The largest code: 15 or 31.</param>
internal abstract unsafe class AsymmetricThirtyTwos(string name, int ggmlType, int blockBytes, int top) : ThirtyTwos(name, ggmlType, blockBytes)
{
    /// <summary>Where the minimum lies.</summary>
    protected const int LowOffset = 2;

    /// <inheritdoc/>
    protected sealed override System.ReadOnlySpan<byte> ScaleOffsets => [0, LowOffset];

    /// <inheritdoc/>
    protected sealed override void EncodePlain<T>(BlockRows rows)
    {
        byte* codes = stackalloc byte[Length];
        for (int i = 0; i < rows.Count; i++)
        {
            byte* block = rows.Block(i, BlockBytes);
            CodeBlock<T>(rows.Values(i, Length), codes, block);
            Pack(codes, block);
        }
    }

    /// <inheritdoc/>
    protected sealed override void Search<T>(BlockSearch search)
    {
        var trials = AsymmetricTrials.Weighted(Length, top);
        AsymmetricFit<T> fit = AsymmetricFit<T>.Search(search.X, search.W, search.Room, trials);
        fit.Scale.Store(search.Scales);
        fit.Low.Store(search.Lows);
        for (int i = 0; i < Length; i++)
        {
            fit.CodeOf(T.Load(search.X + (i * T.Count)), trials).StoreBytes(search.Codes + (i * T.Count));
        }
    }

    /// <inheritdoc/>
    protected sealed override void WriteScales(float scale, float low, byte* block)
    {
        StoreScale(block, scale);
        StoreScale(block + LowOffset, low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CodeBlock<T>(float* x, byte* codes, byte* block)
        where T : struct, ILanes<T>
    {
        (float low, float high) = Extremes.Of<T>(x, Length);
        float scale = (high - low) / top;
        float inverse = scale == 0 ? 0 : 1 / scale;
        WriteScales(scale, low, block);

        T by = T.All(inverse), from = T.All(low), half = T.All(0.5f), most = T.All(top);
        for (int i = 0; i < Length; i += T.Count)
        {
            T code = T.Truncate(((T.Load(x + i) - from) * by) + half);
            (float.IsFinite(inverse) ? T.Select(T.Greater(code, most), most, code) : T.All(0)).StoreBytes(codes + i);
        }
    }
}
