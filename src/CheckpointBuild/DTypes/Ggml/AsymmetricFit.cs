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
        T start = low, dead = T.Either(T.Greater(low, high), T.Same(low, high)), fromTrial = zero, codesFrom = low;
        T best = T.All(top) / (high - low), scale = T.All(1) / best, error = zero;
        for (int i = 0; i < n; i++)
        {
            T value = T.Load(x + (i * T.Count));
            T code = T.Nearest(best * (value - low), 0, top);
            T off = (scale * code) + low - value;
            error += T.Load(w + (i * T.Count)) * (trials.IsAbsolute ? T.Abs(off) : off * off);
        }

        for (int k = 0; k <= trials.Count; k++)
        {
            T inverse = T.All(trials.First + (trials.Step * k) + top) / (high - low);
            (T l, T l2, T lx) = trials.IsGuarded ? SumGuarded(x, w, codes, inverse, low, n, top) : Sum(x, w, codes, inverse, low, n, top);
            T divisor = (weights * l2) - (l * l);
            T trialScale = ((weights * lx) - (weightedSum * l)) / divisor;
            T trialLow = ((l2 * weightedSum) - (l * lx)) / divisor;
            T above = T.Greater(trialLow, zero);
            trialLow = T.Select(above, zero, trialLow);
            trialScale = T.Select(above, lx / l2, trialScale);
            T trial = trials.IsAbsolute ? Deviation(x, w, codes, trialScale, trialLow, n) : SquaredDeviation(x, w, codes, trialScale, trialLow, n);

            T better = T.Both(T.Greater(divisor, zero), T.Greater(error, trial));
            error = T.Select(better, trial, error);
            fromTrial = T.Either(better, fromTrial);
            best = T.Select(better, inverse, best);
            codesFrom = T.Select(better, low, codesFrom);
            scale = T.Select(better, trialScale, scale);
            low = T.Select(better, trialLow, low);
        }

        return new AsymmetricFit<T>
        {
            Scale = T.Select(dead, zero, scale),
            Low = T.Select(dead, start, low),
            Inverse = best,
            CodesFrom = codesFrom,
            Dead = dead,
            FromTrial = fromTrial,
        };
    }

    /// <summary>The codes that the search found.</summary>
    /// <param name="value">One number of each lane.</param>
    /// <param name="trials">What was tried.</param>
    /// <returns>0 to N.</returns>
    public readonly T CodeOf(T value, AsymmetricTrials trials)
    {
        T y = Inverse * (value - CodesFrom), plain = T.Nearest(y, 0, trials.Top);
        return T.Select(Dead, T.All(0), T.Select(FromTrial, trials.IsGuarded ? Guarded(y, trials.Top) : plain, plain));
    }

    private static (T L, T L2, T Lx) Sum(float* x, float* w, float* codes, T inverse, T low, int n, int top)
    {
        T l = T.All(0), l2 = l, lx = l;
        for (int i = 0; i < n; i++)
        {
            T value = T.Load(x + (i * T.Count));
            T code = T.Nearest(inverse * (value - low), 0, top);
            code.Store(codes + (i * T.Count));
            T weighted = T.Load(w + (i * T.Count)) * code;
            l += weighted;
            l2 += weighted * code;
            lx += weighted * value;
        }

        return (l, l2, lx);
    }

    private static (T L, T L2, T Lx) SumGuarded(float* x, float* w, float* codes, T inverse, T low, int n, int top)
    {
        T l = T.All(0), l2 = l, lx = l;
        for (int i = 0; i < n; i++)
        {
            T value = T.Load(x + (i * T.Count));
            T code = Guarded(inverse * (value - low), top);
            code.Store(codes + (i * T.Count));
            T weighted = T.Load(w + (i * T.Count)) * code;
            l += weighted;
            l2 += weighted * code;
            lx += weighted * value;
        }

        return (l, l2, lx);
    }

    private static T SquaredDeviation(float* x, float* w, float* codes, T scale, T low, int n)
    {
        T sum = T.All(0);
        for (int i = 0; i < n; i++)
        {
            T off = (scale * T.Load(codes + (i * T.Count))) + low - T.Load(x + (i * T.Count));
            sum += T.Load(w + (i * T.Count)) * (off * off);
        }

        return sum;
    }

    private static T Deviation(float* x, float* w, float* codes, T scale, T low, int n)
    {
        T sum = T.All(0);
        for (int i = 0; i < n; i++)
        {
            T off = (scale * T.Load(codes + (i * T.Count))) + low - T.Load(x + (i * T.Count));
            sum += T.Load(w + (i * T.Count)) * T.Abs(off);
        }

        return sum;
    }

    // A minimum that has moved up to the maximum makes numbers beyond what rounding is defined for.
    private static T Guarded(T y, int top)
    {
        T code = T.Nearest(T.Select(T.Greater(T.All(top), y), y, T.All(top)), 0, top);
        return T.Select(T.Greater(y, T.All(0)), code, T.All(0));
    }
}
