namespace CheckpointBuild.DTypes.Ggml;

/// <summary>The sixteen values of IQ4_NL and IQ4_XS, and the search for a scale of them.</summary>
internal static unsafe class NonlinearFour
{
    private const float Tiny = 1e-15f;
    private const int MostTrials = 7;
    private const float Lowest = -127;

    // What lies between two neighbours belongs to the nearer, an exact middle to the upper. Near a middle both differences are exact in binary32, so that comparing with the middle decides the same.
    private static readonly float[] Middles = [-115.5f, -93.5f, -74, -57, -42, -28.5f, -16, -4.5f, 7, 19, 31.5f, 45.5f, 61, 79, 101];
    private static readonly float[] Steps = [23, 21, 18, 16, 14, 13, 12, 11, 12, 12, 13, 15, 16, 20, 24];

    /// <summary>The values of codes 0 to 15.</summary>
    internal static System.ReadOnlySpan<sbyte> Values => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    /// <summary>The code of the value next to a number; of a NaN 15.</summary>
    /// <param name="y">Numbers in units of the scale.</param>
    /// <returns>0 to 15.</returns>
    public static T Code<T>(T y)
        where T : struct, ILanes<T>
    {
        T code = T.All(15), zero = T.All(0), one = T.All(1);
        foreach (float middle in Middles)
        {
            code -= T.Select(T.Greater(T.All(middle), y), one, zero);
        }

        return code;
    }

    /// <summary>Searches.</summary>
    /// <typeparam name="T">A lane is a sub-block of 32.</typeparam>
    /// <param name="search">Numbers and weights; receives scales.</param>
    /// <param name="n">Numbers of a sub-block.</param>
    public static void Search<T>(BlockSearch search, int n)
        where T : struct, ILanes<T>
    {
        T zero = T.All(0), largest = zero, most = zero;
        for (int i = 0; i < n; i++)
        {
            T value = T.Load(search.X + (i * T.Count)), magnitude = T.Abs(value), more = T.Greater(magnitude, largest);
            largest = T.Select(more, magnitude, largest);
            most = T.Select(more, value, most);
        }

        T first = T.All(1) / (-most / T.All(Lowest));
        (T p, T r) = Correlate(search, first, n);
        T scale = T.Select(T.Greater(r, zero), p / r, zero), best = scale * p;
        for (int k = -MostTrials; k <= MostTrials; k++)
        {
            (p, r) = Correlate(search, T.All(k + Lowest) / most, n);
            T better = T.Both(T.Greater(r, zero), T.Greater(p * p, best * r)), trial = p / r;
            scale = T.Select(better, trial, scale);
            best = T.Select(better, trial * p, best);
        }

        T.Select(T.Greater(T.All(Tiny), largest), zero, scale).Store(search.Scales);
    }

    private static (T P, T R) Correlate<T>(BlockSearch search, T inverse, int n)
        where T : struct, ILanes<T>
    {
        T p = T.All(0), r = T.All(0);
        for (int i = 0; i < n; i++)
        {
            T value = T.Load(search.X + (i * T.Count)), weight = T.Load(search.W + (i * T.Count));
            T near = ValueNextTo(inverse * value), weighted = weight * near;
            p += weighted * value;
            r += weighted * near;
        }

        return (p, r);
    }

    private static T ValueNextTo<T>(T y)
        where T : struct, ILanes<T>
    {
        T value = T.All(113), zero = T.All(0);
        for (int j = 0; j < Middles.Length; j++)
        {
            value -= T.Select(T.Greater(T.All(Middles[j]), y), T.All(Steps[j]), zero);
        }

        return value;
    }
}
