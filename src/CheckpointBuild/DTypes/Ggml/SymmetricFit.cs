namespace CheckpointBuild.DTypes.Ggml;

/// <summary>The search for one signed scale: codes -N to N - 1, value = scale · code. ggml's <c>make_qx_quants</c>; the weighted correlation of numbers and codes is what is made large.</summary>
/// <typeparam name="T">How many sub-blocks at once: a lane is a sub-block, element i of all lanes lies at x[i · lanes].</typeparam>
internal unsafe ref struct SymmetricFit<T>
    where T : struct, ILanes<T>
{
    private const float Tiny = 1e-15f;

    /// <summary>The scale.</summary>
    public T Scale;

    /// <summary>What the numbers are multiplied by to give the codes.</summary>
    public T Inverse;

    /// <summary>Sub-blocks without a number worth coding: scale 0, and codes that are stored as 0.</summary>
    public T Dead;

    /// <summary>Searches.</summary>
    /// <param name="x">[n, lanes] numbers.</param>
    /// <param name="w">[n, lanes] weights.</param>
    /// <param name="wx">[n, lanes], receives their products.</param>
    /// <param name="n">Numbers of a sub-block.</param>
    /// <param name="levels">N, a power of two.</param>
    /// <returns>The scale, and how the codes follow from it.</returns>
    public static SymmetricFit<T> Search(float* x, float* w, float* wx, int n, int levels)
    {
        T largest = T.All(0), most = T.All(0);
        for (int i = 0; i < n; i++)
        {
            T value = T.Load(x + (i * T.Count));
            T magnitude = T.Abs(value);
            T more = T.Greater(magnitude, largest);
            largest = T.Select(more, magnitude, largest);
            most = T.Select(more, value, most);
            (T.Load(w + (i * T.Count)) * value).Store(wx + (i * T.Count));
        }

        SymmetricFit<T> fit = default;
        fit.Dead = T.Greater(T.All(Tiny), largest);
        fit.Inverse = T.All(-levels) / most;
        (T p, T r) = Correlate(x, w, wx, fit.Inverse, n, levels);
        fit.Scale = T.Select(T.Same(r, T.All(0)), T.All(0), p / r);
        T best = fit.Scale * p;
        for (int k = -9; k <= 9; k++)
        {
            if (k == 0)
            {
                continue;
            }

            T inverse = T.All(-(levels + (0.1f * k))) / most;
            (p, r) = Correlate(x, w, wx, inverse, n, levels);
            T better = T.Both(T.Greater(r, T.All(0)), T.Greater(p * p, best * r));
            T scale = p / r;
            fit.Scale = T.Select(better, scale, fit.Scale);
            best = T.Select(better, scale * p, best);
            fit.Inverse = T.Select(better, inverse, fit.Inverse);
        }

        fit.Scale = T.Select(fit.Dead, T.All(0), fit.Scale);
        return fit;
    }

    /// <summary>The codes that the search found, plus N.</summary>
    /// <param name="value">One number of each lane.</param>
    /// <param name="levels">N.</param>
    /// <returns>0 to 2N - 1.</returns>
    public readonly T CodeOf(T value, int levels) => T.Select(Dead, T.All(0), T.Nearest(Inverse * value, -levels, levels - 1) + T.All(levels));

    private static (T P, T R) Correlate(float* x, float* w, float* wx, T inverse, int n, int levels)
    {
        T p = T.All(0), r = T.All(0);
        for (int i = 0; i < n; i++)
        {
            T code = T.Nearest(inverse * T.Load(x + (i * T.Count)), -levels, levels - 1);
            p += T.Load(wx + (i * T.Count)) * code;
            r += T.Load(w + (i * T.Count)) * code * code;
        }

        return (p, r);
    }
}
