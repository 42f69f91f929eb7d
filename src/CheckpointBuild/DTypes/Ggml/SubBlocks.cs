namespace CheckpointBuild.DTypes.Ggml;

/// <summary>What was found for the sub-blocks of one or more blocks, block after block.</summary>
/// <param name="scales">[sub-blocks] scales.</param>
/// <param name="lows">[sub-blocks] minima with their sign turned, at least 0 for most.</param>
/// <param name="weights">[sub-blocks] sums of weights.</param>
/// <param name="codes">[sub-blocks, n] codes.</param>
internal readonly unsafe struct SubBlocks(float* scales, float* lows, float* weights, byte* codes)
{
    /// <summary>[sub-blocks] scales.</summary>
    public float* Scales => scales;

    /// <summary>[sub-blocks] minima with their sign turned.</summary>
    public float* Lows => lows;

    /// <summary>[sub-blocks] sums of weights.</summary>
    public float* Weights => weights;

    /// <summary>[sub-blocks, n] codes.</summary>
    public byte* Codes => codes;

    /// <summary>The same from another sub-block on.</summary>
    /// <param name="first">From 0.</param>
    /// <param name="n">Numbers of a sub-block.</param>
    /// <returns>The rest.</returns>
    public SubBlocks From(int first, int n) => new(scales + first, lows + first, weights + first, codes + (first * n));

    /// <summary>Puts the codes of one element of all lanes where they belong.</summary>
    /// <param name="element">The element.</param>
    /// <param name="code">The codes.</param>
    /// <param name="n">Numbers of a sub-block.</param>
    public void StoreCodes<T>(int element, T code, int n)
        where T : struct, ILanes<T>
    {
        byte* side = stackalloc byte[16];
        code.StoreBytes(side);
        for (int lane = 0; lane < T.Count; lane++)
        {
            codes[(lane * n) + element] = side[lane];
        }
    }
}
