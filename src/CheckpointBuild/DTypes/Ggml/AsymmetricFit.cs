namespace CheckpointBuild.DTypes.Ggml;

/// <summary>The search for a scale and a minimum: codes 0 to N, value = scale · code + minimum with a minimum of at most 0. ggml's <c>make_qkx2_quants</c> and <c>make_qkx3_quants</c>; the weighted error is what is made small.</summary>
/// <typeparam name="T">How many sub-blocks at once: a lane is a sub-block, element i of all lanes lies at x[i · lanes].</typeparam>
internal unsafe ref struct AsymmetricFit<T>
    where T : struct, ILanes<T>
{
    /// <summary>The scale.</summary>
    public T Scale;

    /// <summary>The minimum, at most 0.</summary>
    public T Low;

    /// <summary>Codes are the nearest whole numbers of Inverse · (x - <see cref="CodesFrom"/>).</summary>
    public T Inverse;

    /// <summary>The minimum that the codes were made with; the trial that made them may have moved it afterwards.</summary>
    public T CodesFrom;

    /// <summary>Sub-blocks of equal numbers at most 0: scale 0, codes 0.</summary>
    public T Dead;

    /// <summary>Sub-blocks whose codes are a trial's; the others keep those of the start.</summary>
    public T FromTrial;

    /// <summary>Searches.</summary>
    /// <param name="x">[n, lanes] numbers.</param>
    /// <param name="w">[n, lanes] weights.</param>
    /// <param name="codes">[n, lanes] of room.</param>
    /// <param name="trials">What is tried.</param>
    /// <returns>Scale and minimum, and how the codes follow from them.</returns>
    public static AsymmetricFit<T> Search(float* x, float* w, float* codes, AsymmetricTrials trials)
    {
        int n = trials.Length, top = trials.Top;
        T first = T.Load(x), weights = T.Load(w);
        T low = first, high = first, weightedSum = weights * first;
        for (int i = 1; i < n; i++)
        {
            T value = T.Load(x + (i * T.Count)), weight = T.Load(w + (i * T.Count));
            low = T.Select(T.Greater(low, value), value, low);
            high = T.Select(T.Greater(value, high), value, high);
            weights += weight;
            weightedSum += weight * value;
        }

        T zero = T.All(0);
        low = T.Select(T.Greater(low, zero), zero, low);
        AsymmetricFit<T> fit = default;
        fit.Dead = T.Either(T.Greater(low, high), T.Same(low, high));
        fit.Inverse = T.All(top) / (high - low);
        fit.Scale = T.All(1) / fit.Inverse;
        fit.Low = low;
        fit.CodesFrom = low;

        T error = zero;
        for (int i = 0; i < n; i++)
        {
            T value = T.Load(x + (i * T.Count));
            T code = T.Nearest(fit.Inverse * (value - low), 0, top);
            error += T.Load(w + (i * T.Count)) * Cost((fit.Scale * code) + low - value, trials.IsAbsolute);
        }

        for (int k = 0; k <= trials.Count; k++)
        {
            T inverse = T.All(trials.First + (trials.Step * k) + top) / (high - fit.Low);
            T l = zero, l2 = zero, lx = zero;
            for (int i = 0; i < n; i++)
            {
                T value = T.Load(x + (i * T.Count)), weight = T.Load(w + (i * T.Count));
                T code = Code(inverse * (value - fit.Low), trials);
                code.Store(codes + (i * T.Count));
                T weighted = weight * code;
                l += weighted;
                l2 += weighted * code;
                lx += weighted * value;
            }

            T divisor = (weights * l2) - (l * l);
            T scale = ((weights * lx) - (weightedSum * l)) / divisor;
            T minimum = ((l2 * weightedSum) - (l * lx)) / divisor;
            T above = T.Greater(minimum, zero);
            minimum = T.Select(above, zero, minimum);
            scale = T.Select(above, lx / l2, scale);

            T trial = zero;
            for (int i = 0; i < n; i++)
            {
                T off = (scale * T.Load(codes + (i * T.Count))) + minimum - T.Load(x + (i * T.Count));
                trial += T.Load(w + (i * T.Count)) * Cost(off, trials.IsAbsolute);
            }

            T better = T.Both(T.Greater(divisor, zero), T.Greater(error, trial));
            error = T.Select(better, trial, error);
            fit.FromTrial = T.Either(better, fit.FromTrial);
            fit.Inverse = T.Select(better, inverse, fit.Inverse);
            fit.CodesFrom = T.Select(better, fit.Low, fit.CodesFrom);
            fit.Scale = T.Select(better, scale, fit.Scale);
            fit.Low = T.Select(better, minimum, fit.Low);
        }

        fit.Scale = T.Select(fit.Dead, zero, fit.Scale);
        fit.Low = T.Select(fit.Dead, low, fit.Low);
        return fit;
    }

    /// <summary>The codes that the search found.</summary>
    /// <param name="value">One number of each lane.</param>
    /// <param name="trials">What was tried.</param>
    /// <returns>0 to N.</returns>
    public readonly T CodeOf(T value, AsymmetricTrials trials)
    {
        T y = Inverse * (value - CodesFrom);
        return T.Select(Dead, T.All(0), T.Select(FromTrial, Code(y, trials), T.Nearest(y, 0, trials.Top)));
    }

    // y: Inverse · (x - minimum).
    private static T Code(T y, AsymmetricTrials trials)
    {
        T code = T.Nearest(y, 0, trials.Top);
        if (!trials.IsGuarded)
        {
            return code;
        }

        // A minimum that has moved up to the maximum makes numbers beyond what rounding is defined for.
        T top = T.All(trials.Top);
        code = T.Nearest(T.Select(T.Greater(top, y), y, top), 0, trials.Top);
        return T.Select(T.Greater(y, T.All(0)), code, T.All(0));
    }

    private static T Cost(T off, bool isAbsolute) => isAbsolute ? T.Abs(off) : off * off;
}
