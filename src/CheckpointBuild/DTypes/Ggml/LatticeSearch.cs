using System;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>The search for one sub-block of a lattice type: the scale, and for each group the point of the codebook.</summary>
/// <param name="book">The codebook.</param>
/// <param name="rules">What tells the type apart.</param>
internal readonly unsafe struct LatticeSearch(Codebook book, LatticeRules rules)
{
    private const int MostLength = 32;
    private const float FitFactor = 3;
    private const int FitTop = 4;

    /// <summary>Searches.</summary>
    /// <typeparam name="T">Lanes along the elements, and along the points that are near.</typeparam>
    /// <param name="x">[n] numbers.</param>
    /// <param name="w">[n] weights.</param>
    /// <param name="found">Zeros; receives scale, indices and signs.</param>
    /// <returns>False where no point is at a finite distance.</returns>
    public bool Search<T>(float* x, float* w, LatticeBlock found)
        where T : struct, ILanes<T>
    {
        float* a = stackalloc float[MostLength];
        float* roots = stackalloc float[MostLength];
        float* weighted = stackalloc float[MostLength];
        ushort* trial = stackalloc ushort[MostLength / 4];
        int n = rules.SubLength, groups = n / book.Group, top = (2 * rules.Top) + 1;
        FoldSigns(x, w, a, found.Signs);
        for (int i = 0; i < n; i += T.Count)
        {
            T weight = T.Load(w + i);
            T.Sqrt(weight).Store(roots + i);
            (weight * T.Load(a + i)).Store(weighted + i);
        }

        float most = a[0];
        for (int i = 1; i < n; i++)
        {
            most = a[i] > most ? a[i] : most;
        }

        if (rules.Skip == 0 ? most == 0 : most < rules.Skip)
        {
            return Leave(found);
        }

        float scale = most / top, best = 0;
        if (rules.StartsFromFit)
        {
            byte* codes = stackalloc byte[MostLength];
            scale = PositiveFit.Search(a, w, codes, n, FitTop);
            most = scale * FitFactor;
            if (most <= 0)
            {
                return Leave(found);
            }
        }

        bool isSound = true;
        uint offGroups = rules.RefinesAll ? (1u << groups) - 1 : 0;
        new Span<ushort>(found.Indices, groups).Clear();
        for (int k = -rules.Trials; k <= rules.Trials; k++)
        {
            float inverse = ((k * rules.Step) + top) / most;
            uint off = Quantize<T>(a, roots, inverse, 1 / inverse, trial, uint.MaxValue, ref isSound);
            (float p, float r) = Correlate(weighted, w, trial, n);
            if (r > 0 && p * p > best * r)
            {
                scale = p / r;
                best = scale * p;
                offGroups = off;
                new ReadOnlySpan<ushort>(trial, groups).CopyTo(new Span<ushort>(found.Indices, groups));
            }
        }

        if (scale > 0 && (rules.StartsFromFit || offGroups != 0))
        {
            Quantize<T>(a, roots, 1 / scale, scale, found.Indices, rules.StartsFromFit || rules.RefinesAll ? uint.MaxValue : offGroups, ref isSound);
            (float p, float r) = Correlate(weighted, w, found.Indices, n);
            scale = r > 0 ? p / r : scale;
        }

        if (scale < 0)
        {
            // Only where one folded element outweighs all others.
            scale = -scale;
            for (int i = 0; i < n / 8; i++)
            {
                found.Signs[i] = (byte)(~found.Signs[i] & 0x7F);
            }
        }

        *found.Scales = scale;
        return isSound;
    }

    private bool Leave(LatticeBlock found)
    {
        new Span<byte>(found.Signs, rules.SubLength / 8).Clear();
        *found.Scales = -0f;
        return true;
    }

    private void FoldSigns(float* x, float* w, float* a, byte* signs)
    {
        for (int eight = 0; eight < rules.SubLength; eight += 8)
        {
            int mask = 0;
            for (int i = 0; i < 8; i++)
            {
                bool isNegative = !(x[eight + i] >= 0);
                a[eight + i] = isNegative ? -x[eight + i] : x[eight + i];
                mask |= isNegative ? 1 << i : 0;
            }

            if (rules.HasEvenSigns && (System.Numerics.BitOperations.PopCount((uint)mask) & 1) != 0)
            {
                // The element that matters least takes the wrong sign.
                int least = 0;
                float smallest = w[eight] * x[eight] * x[eight];
                for (int i = 1; i < 8; i++)
                {
                    float matters = w[eight + i] * x[eight + i] * x[eight + i];
                    if (matters < smallest)
                    {
                        smallest = matters;
                        least = i;
                    }
                }

                a[eight + least] = -a[eight + least];
                mask ^= 1 << least;
            }

            signs[eight / 8] = (byte)(rules.HasEvenSigns ? mask & 0x7F : mask);
        }
    }

    // Gives the wanted groups their points; a bit is set for each whose own levels are no point.
    private uint Quantize<T>(float* a, float* roots, float inverse, float scale, ushort* indices, uint wanted, ref bool isSound)
        where T : struct, ILanes<T>
    {
        byte* levels = stackalloc byte[MostLength];
        T by = T.All(inverse), one = T.All(1), half = T.All(0.5f);
        for (int i = 0; i < rules.SubLength; i += T.Count)
        {
            T.Nearest(half * ((by * T.Load(a + i)) - one), 0, rules.Top).StoreBytes(levels + i);
        }

        uint off = 0;
        int group = book.Group;
        for (int g = 0; g < rules.SubLength / group; g++)
        {
            if ((wanted >> g & 1) == 0)
            {
                continue;
            }

            int key = book.KeyOf(levels + (g * group));
            int index = book.IndexOf(key);
            if (index < 0)
            {
                off |= 1u << g;
                index = book.Nearest<T>(key, a + (g * group), roots + (g * group), scale, 2, 1);
                isSound &= index >= 0;
            }

            indices[g] = (ushort)Math.Max(index, 0);
        }

        return off;
    }

    private (float P, float R) Correlate(float* weighted, float* w, ushort* indices, int n)
    {
        float p = 0, r = 0;
        int group = book.Group;
        for (int g = 0; g < n / group; g++)
        {
            byte* levels = book.LevelsOf(indices[g]);
            for (int i = 0; i < group; i++)
            {
                int at = (g * group) + i;
                float q = (2 * levels[i]) + 1;
                p += weighted[at] * q;
                r += w[at] * q * q;
            }
        }

        return (p, r);
    }
}
