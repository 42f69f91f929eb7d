namespace CheckpointBuild.DTypes.Ggml;

/// <summary>Q2_K, Q4_K and Q5_K: value = d · scale · code - dmin · minimum.</summary>
/// <param name="name">ggml's name.</param>
/// <param name="ggmlType">ggml's number.</param>
/// <param name="blockBytes">Bytes of a block.</param>
/// <param name="plain">What is tried without importance; names the sub-block's length and the largest code.</param>
internal abstract unsafe class AsymmetricK(string name, int ggmlType, int blockBytes, AsymmetricTrials plain) : KDType(name, ggmlType, blockBytes, plain.Length)
{
    /// <inheritdoc/>
    protected sealed override void Search<T>(BlockSearch search, SubBlocks found, bool isWeighted)
    {
        AsymmetricTrials trials = isWeighted ? AsymmetricTrials.Weighted(plain.Length, plain.Top) : plain;
        AsymmetricFit<T> fit = AsymmetricFit<T>.Search(search.X, search.W, search.Room, trials);
        fit.Scale.Store(found.Scales);
        (-fit.Low).Store(found.Lows);
        for (int i = 0; i < plain.Length; i++)
        {
            found.StoreCodes(i, fit.CodeOf(T.Load(search.X + (i * T.Count)), trials), plain.Length);
        }
    }

    /// <summary>Codes one sub-block with the scale and minimum as they are stored; with a scale of 0 the search's codes stay.</summary>
    /// <typeparam name="T">Lanes along the elements.</typeparam>
    /// <param name="x">[n] numbers.</param>
    /// <param name="scale">d · scale.</param>
    /// <param name="low">dmin · minimum.</param>
    /// <param name="found">The sub-block.</param>
    protected void Recode<T>(float* x, float scale, float low, SubBlocks found)
        where T : struct, ILanes<T>
    {
        if (scale == 0)
        {
            found.TakeSearched(0, plain.Length);
            return;
        }

        byte* codes = found.Codes(0, plain.Length);
        T by = T.All(scale), shift = T.All(low);
        for (int i = 0; i < plain.Length; i += T.Count)
        {
            T.Nearest((T.Load(x + i) + shift) / by, 0, plain.Top).StoreBytes(codes + i);
        }
    }

    /// <summary>Codes numbers that should not be negative in steps of their largest.</summary>
    /// <param name="values">[n] scales or minima.</param>
    /// <param name="codes">Receives [n] codes.</param>
    /// <param name="n">How many.</param>
    /// <param name="top">The largest code.</param>
    /// <returns>The step.</returns>
    protected static float Steps(float* values, byte* codes, int n, int top)
    {
        float most = 0;
        for (int i = 0; i < n; i++)
        {
            most = values[i] > most ? values[i] : most;
        }

        float inverse = most > 0 ? top / most : 0;
        for (int i = 0; i < n; i++)
        {
            codes[i] = unchecked((byte)Rounding.Nearest(inverse * values[i]));
        }

        return most > 0 ? most / top : 0;
    }
}
