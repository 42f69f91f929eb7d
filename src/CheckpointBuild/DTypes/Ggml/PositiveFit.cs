using System;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>The search for a scale of numbers that should not be negative: codes 0 to N as bytes, value = scale · code. ggml's <c>make_qp_quants</c>.</summary>
/// <remarks>Codes are bytes, and a negative number's code wraps: the reference stores -1 as 255, and takes 255 away again where it added -1. It shows where a folded element or a sub-scale is negative.</remarks>
internal static unsafe class PositiveFit
{
    private const float Tiny = 1e-15f;
    private const int MostSweeps = 5;

    /// <summary>Searches.</summary>
    /// <param name="x">[n] numbers.</param>
    /// <param name="w">[n] weights.</param>
    /// <param name="codes">[n], receives the codes.</param>
    /// <param name="n">How many.</param>
    /// <param name="top">N.</param>
    /// <returns>The scale.</returns>
    public static float Search(float* x, float* w, byte* codes, int n, int top)
    {
        float most = 0;
        for (int i = 0; i < n; i++)
        {
            most = x[i] > most ? x[i] : most;
        }

        if (most < Tiny)
        {
            new Span<byte>(codes, n).Clear();
            return 0;
        }

        float inverse = BestInverse(x, w, n, top, most);
        float p = 0, r = 0;
        for (int i = 0; i < n; i++)
        {
            int code = Math.Min(top, Rounding.Nearest(inverse * x[i]));
            codes[i] = unchecked((byte)code);
            p += w[i] * x[i] * code;
            r += w[i] * code * code;
        }

        for (int sweep = 0, changed = 1; sweep < MostSweeps && changed > 0; sweep++)
        {
            changed = 0;
            for (int i = 0; i < n; i++)
            {
                float without = p - (w[i] * x[i] * codes[i]), squares = r - (w[i] * codes[i] * codes[i]);
                if (!(without > 0 && squares > 0))
                {
                    continue;
                }

                int code = Math.Min(top, Rounding.Nearest(x[i] * squares / without));
                if (code == codes[i])
                {
                    continue;
                }

                without += w[i] * x[i] * code;
                squares += w[i] * code * code;
                if (without * without * r > p * p * squares)
                {
                    codes[i] = unchecked((byte)code);
                    p = without;
                    r = squares;
                    changed++;
                }
            }
        }

        return r > 0 ? p / r : 0;
    }

    private static float BestInverse(float* x, float* w, int n, int top, float most)
    {
        float inverse = top / most, scale = 1 / inverse, error = 0;
        for (int i = 0; i < n; i++)
        {
            float off = x[i] - (scale * unchecked((byte)Rounding.Nearest(inverse * x[i])));
            error += w[i] * off * off;
        }

        for (int k = -4; k <= 4; k++)
        {
            if (k == 0)
            {
                continue;
            }

            float trial = ((0.1f * k) + top) / most;
            float trialScale = 1 / trial, trialError = 0;
            for (int i = 0; i < n; i++)
            {
                float off = x[i] - (trialScale * Math.Min(top, Rounding.Nearest(trial * x[i])));
                trialError += w[i] * off * off;
            }

            if (trialError < error)
            {
                error = trialError;
                inverse = trial;
            }
        }

        return inverse;
    }
}
