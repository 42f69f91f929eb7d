namespace CheckpointBuild.DTypes.Ggml;

/// <summary>The search for one signed scale that changes single codes as long as it helps: Q3_K without importance. ggml's <c>make_q3_quants</c>.</summary>
internal static unsafe class RefinedFit
{
    private const float Tiny = 1e-15f;
    private const int MostSweeps = 5;

    /// <summary>Searches.</summary>
    /// <typeparam name="T">A lane is a sub-block.</typeparam>
    /// <param name="search">Numbers and weights.</param>
    /// <param name="found">Receives scales and codes.</param>
    /// <param name="n">Numbers of a sub-block.</param>
    /// <param name="levels">N: codes -N to N - 1, stored with N added.</param>
    public static void Search<T>(BlockSearch search, SubBlocks found, int n, int levels)
        where T : struct, ILanes<T>
    {
        float* x = search.X, w = search.W, codes = search.Room;
        T zero = T.All(0), largest = zero, most = zero;
        for (int i = 0; i < n; i++)
        {
            T value = T.Load(x + (i * T.Count)), magnitude = T.Abs(value), more = T.Greater(magnitude, largest);
            largest = T.Select(more, magnitude, largest);
            most = T.Select(more, value, most);
        }

        T dead = T.Greater(T.All(Tiny), largest), inverse = T.All(-levels) / most, p = zero, r = zero;
        for (int i = 0; i < n; i++)
        {
            T value = T.Load(x + (i * T.Count)), weight = T.Load(w + (i * T.Count));
            T code = T.Nearest(inverse * value, -levels, levels - 1);
            code.Store(codes + (i * T.Count));
            p += weight * value * code;
            r += weight * code * code;
        }

        // A lane that a sweep left unchanged is left unchanged by the next; all go on until none changes.
        bool changes = true;
        for (int sweep = 0; sweep < MostSweeps && changes; sweep++)
        {
            T changed = zero;
            for (int i = 0; i < n; i++)
            {
                T value = T.Load(x + (i * T.Count)), weight = T.Load(w + (i * T.Count)), code = T.Load(codes + (i * T.Count));
                T weighted = weight * value;
                T without = p - (weighted * code), squares = r - (weight * code * code);
                T other = T.Nearest(value * squares / without, -levels, levels - 1);
                T newP = without + (weighted * other), newR = squares + (weight * other * other);
                T better = T.Both(T.Greater(without, zero), T.Both(T.Greater(newR, zero), T.Greater(newP * newP * r, p * p * newR)));
                better = T.Select(T.Same(other, code), zero, better);
                T.Select(better, other, code).Store(codes + (i * T.Count));
                p = T.Select(better, newP, p);
                r = T.Select(better, newR, r);
                changed = T.Either(changed, better);
            }

            changes = T.Any(changed);
        }

        T scale = T.Select(T.Greater(r, zero), p / r, zero);
        T.Select(dead, zero, scale).Store(found.Scales);
        for (int i = 0; i < n; i++)
        {
            found.StoreCodes(i, T.Select(dead, zero, T.Load(codes + (i * T.Count)) + T.All(levels)), n);
        }
    }
}
