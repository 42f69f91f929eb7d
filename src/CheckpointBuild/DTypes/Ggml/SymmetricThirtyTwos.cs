using System.Runtime.CompilerServices;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>Q4_0 and Q5_0: value = d · (code - N), where the number of the largest magnitude gets code 0.</summary>
/// <param name="name">ggml's name.</param>
/// <param name="ggmlType">ggml's number.</param>
/// <param name="blockBytes">Bytes of a block.</param>
/// <param name="levels">N: 8 or 16.</param>
internal abstract unsafe class SymmetricThirtyTwos(string name, int ggmlType, int blockBytes, int levels) : ThirtyTwos(name, ggmlType, blockBytes)
{
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
        SymmetricFit<T> fit = SymmetricFit<T>.Search(search.X, search.W, search.Room, Length, levels);
        fit.Scale.Store(search.Scales);
        for (int i = 0; i < Length; i++)
        {
            fit.CodeOf(T.Load(search.X + (i * T.Count)), levels).StoreBytes(search.Codes + (i * T.Count));
        }
    }

    /// <inheritdoc/>
    protected sealed override void WriteScales(float scale, float low, byte* block) => StoreScale(block, scale);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CodeBlock<T>(float* x, byte* codes, byte* block)
        where T : struct, ILanes<T>
    {
        float scale = Extremes.OfMagnitude<T>(x, Length) / -levels;
        float inverse = scale == 0 ? 0 : 1 / scale;
        StoreScale(block, scale);

        // A block so small that the reciprocal overflows: the reference's cast of what is not finite gives 0.
        T by = T.All(inverse), shift = T.All(levels + 0.5f), top = T.All((2 * levels) - 1);
        for (int i = 0; i < Length; i += T.Count)
        {
            T code = T.Truncate((T.Load(x + i) * by) + shift);
            (float.IsFinite(inverse) ? T.Select(T.Greater(code, top), top, code) : T.All(0)).StoreBytes(codes + i);
        }
    }
}
