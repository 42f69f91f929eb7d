namespace CheckpointBuild.DTypes.Ggml;

/// <summary>Numbers rounded to -1, 0 and 1 in units of the largest magnitude of their block.</summary>
internal static unsafe class Trits
{
    /// <summary>The numbers' codes: 0, 1, 2 for -1, 0, 1.</summary>
    /// <param name="x">[n] numbers.</param>
    /// <param name="n">How many.</param>
    /// <param name="ofTiny">What a code is where the block is so small that the reciprocal overflows: what the reference's conversion of a number that is not finite gives.</param>
    /// <param name="codes">Receives [n] codes.</param>
    /// <returns>The largest magnitude.</returns>
    public static float Code<T>(float* x, int n, byte ofTiny, byte* codes)
        where T : struct, ILanes<T>
    {
        float largest = Extremes.Magnitude<T>(x, n);
        float inverse = largest == 0 ? 0 : 1 / largest;
        if (!float.IsFinite(inverse))
        {
            new System.Span<byte>(codes, n).Fill(ofTiny);
            return largest;
        }

        // Half away from zero, of numbers up to 1: at a half and beyond.
        T by = T.All(inverse), half = T.All(0.5f), one = T.All(1), zero = T.All(0);
        for (int i = 0; i < n; i += T.Count)
        {
            T y = T.Load(x + i) * by;
            T isUp = T.Either(T.Greater(y, half), T.Same(y, half)), isDown = T.Either(T.Greater(-half, y), T.Same(y, -half));
            (one + T.Select(isUp, one, zero) - T.Select(isDown, one, zero)).StoreBytes(codes + i);
        }

        return largest;
    }
}
