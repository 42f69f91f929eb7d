namespace CheckpointBuild.DTypes.Ggml;

/// <summary>What was found for the sub-blocks of one or more blocks, block after block.</summary>
/// <param name="scales">[sub-blocks] scales.</param>
/// <param name="lows">[sub-blocks] minima with their sign turned, at least 0 for most.</param>
/// <param name="weights">[sub-blocks] sums of weights.</param>
/// <param name="codes">[sub-blocks, n] codes.</param>
/// <param name="searched">[sub-blocks / lanes, n, lanes] codes as the search leaves them.</param>
internal readonly unsafe struct SubBlocks(float* scales, float* lows, float* weights, byte* codes, byte* searched)
{
    /// <summary>Sub-blocks that are searched together.</summary>
    public required int Lanes { get; init; }

    /// <summary>The first sub-block, counted over all.</summary>
    public int First { get; private init; }

    /// <summary>[sub-blocks] scales.</summary>
    public float* Scales => scales + First;

    /// <summary>[sub-blocks] minima with their sign turned.</summary>
    public float* Lows => lows + First;

    /// <summary>[sub-blocks] sums of weights.</summary>
    public float* Weights => weights + First;

    /// <summary>The same from another sub-block on.</summary>
    /// <param name="first">From 0.</param>
    /// <returns>The rest.</returns>
    public SubBlocks From(int first) => this with { First = First + first };

    /// <summary>The codes of a sub-block, and those behind it.</summary>
    /// <param name="sub">From 0.</param>
    /// <param name="n">Numbers of a sub-block.</param>
    /// <returns>[sub-blocks, n] codes.</returns>
    public byte* Codes(int sub, int n) => codes + ((First + sub) * n);

    /// <summary>Keeps the searched codes of one element of all lanes, until it is known whether they are needed.</summary>
    /// <param name="element">The element.</param>
    /// <param name="code">The codes.</param>
    /// <param name="n">Numbers of a sub-block.</param>
    public void StoreCodes<T>(int element, T code, int n)
        where T : struct, ILanes<T> => code.StoreBytes(searched + (First * n) + (element * T.Count));

    /// <summary>Makes the searched codes of a sub-block its codes: where its scale is stored as 0, so that it cannot be coded anew.</summary>
    /// <param name="sub">From 0.</param>
    /// <param name="n">Numbers of a sub-block.</param>
    public void TakeSearched(int sub, int n)
    {
        int lane = (First + sub) % Lanes;
        byte* from = searched + ((First + sub - lane) * n) + lane, to = Codes(sub, n);
        for (int i = 0; i < n; i++)
        {
            to[i] = from[i * Lanes];
        }
    }
}
