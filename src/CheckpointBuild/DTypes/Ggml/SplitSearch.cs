namespace CheckpointBuild.DTypes.Ggml;

/// <summary>The search of IQ1_S and IQ1_M for one sub-block: its numbers in rising order are split into three runs, for the levels -1, 0 and 1, each moved by an eighth up or down.</summary>
/// <remarks>Every pair of splits is tried, which prefix sums make cheap. A candidate counts when its weighted correlation is larger than the best so far, in the order of the splits; lanes only find candidates faster.</remarks>
internal static unsafe class SplitSearch
{
    /// <summary>What levels are moved by.</summary>
    internal const float Shift = 0.125f;

    private const int MostLength = 32;
    private const int Group = 8;

    // Room behind the last split for lanes that look beyond it.
    private const int Room = MostLength + 1 + 16;

    /// <summary>Searches.</summary>
    /// <typeparam name="T">Lanes along the splits, and along the points that are near.</typeparam>
    /// <param name="book">The codebook.</param>
    /// <param name="x">[n] numbers.</param>
    /// <param name="w">[n] weights.</param>
    /// <param name="n">32 with one shift, 16 with one for each half.</param>
    /// <param name="indices">Zeros; receives [n / 8] indices in the codebook.</param>
    /// <returns>The scale, 0 where nothing was found; and which halves are moved down, bit 1 the first.</returns>
    public static (float Scale, int Shifts) Search<T>(Codebook book, float* x, float* w, int n, ushort* indices)
        where T : struct, ILanes<T>
    {
        int* order = stackalloc int[MostLength];
        float* a = stackalloc float[2 * Room];
        float* b = stackalloc float[2 * Room];
        Sort(x, n, order);
        bool isHalved = n == 16;
        Sum(x, w, n, order, isHalved, a, b);
        var splits = new Splits { Best = float.MinValue, First = -1 };
        for (int first = 0; first <= n; first++)
        {
            for (int second = first; second <= n; second += T.Count)
            {
                if (isHalved)
                {
                    TryHalves<T>(a, b, n, first, second, ref splits);
                }
                else
                {
                    TryWhole<T>(a, b, n, first, second, ref splits);
                }
            }
        }

        return splits.First < 0 ? (0, 0) : Choose<T>(book, x, w, n, order, splits, indices);
    }

    /// <summary>The value of a level, moved up or down.</summary>
    /// <param name="level">0, 1 or 2.</param>
    /// <param name="isDown">Whether it is moved down.</param>
    /// <returns>-1.125 to 1.125.</returns>
    public static float ValueOf(int level, bool isDown) => level - 1 + (isDown ? -Shift : Shift);

    // Equal numbers keep their order, and zeros of both signs are equal.
    private static void Sort(float* x, int n, int* order)
    {
        for (int i = 0; i < n; i++)
        {
            int at = i;
            for (; at > 0 && x[order[at - 1]] > x[i]; at--)
            {
                order[at] = order[at - 1];
            }

            order[at] = i;
        }
    }

    private static void Sum(float* x, float* w, int n, int* order, bool isHalved, float* a, float* b)
    {
        a[0] = b[0] = a[Room] = b[Room] = 0;
        for (int j = 0; j < n; j++)
        {
            int i = order[j];
            int own = isHalved && i >= Group ? Room : 0, other = Room - own;
            a[own + j + 1] = a[own + j] + (w[i] * x[i]);
            b[own + j + 1] = b[own + j] + w[i];
            a[other + j + 1] = a[other + j];
            b[other + j + 1] = b[other + j];
        }

        for (int j = n + 1; j < Room; j++)
        {
            a[j] = b[j] = a[Room + j] = b[Room + j] = 0;
        }
    }

    private static void TryWhole<T>(float* a, float* b, int n, int first, int second, ref Splits splits)
        where T : struct, ILanes<T>
    {
        float* p = stackalloc float[2 * 16];
        float* r = stackalloc float[2 * 16];
        T a1 = T.All(a[first]), b1 = T.All(b[first]), a2 = T.Load(a + second), b2 = T.Load(b + second), an = T.All(a[n]), bn = T.All(b[n]);
        T middleA = a2 - a1, middleB = b2 - b1, lastA = an - a2, lastB = bn - b2;
        uint found = 0;
        for (int shift = 0; shift < 2; shift++)
        {
            T v0 = T.All(ValueOf(0, shift == 1)), v1 = T.All(ValueOf(1, shift == 1)), v2 = T.All(ValueOf(2, shift == 1));
            T correlation = (a1 * v0) + (middleA * v1) + (lastA * v2);
            T squares = (b1 * v0 * v0) + (middleB * v1 * v1) + (lastB * v2 * v2);
            correlation.Store(p + (16 * shift));
            squares.Store(r + (16 * shift));
            found |= Better(correlation, squares, splits.Best);
        }

        Accept(p, r, 2, found, n, first, second, ref splits);
    }

    private static void TryHalves<T>(float* a, float* b, int n, int first, int second, ref Splits splits)
        where T : struct, ILanes<T>
    {
        float* p = stackalloc float[4 * 16];
        float* r = stackalloc float[4 * 16];
        (T upP0, T upR0, T downP0, T downR0) = Half<T>(a, b, n, first, second);
        (T upP1, T upR1, T downP1, T downR1) = Half<T>(a + Room, b + Room, n, first, second);
        uint found = 0;
        for (int k = 0; k < 4; k++)
        {
            T correlation = (k < 2 ? upP0 : downP0) + (k % 2 == 0 ? upP1 : downP1), squares = (k < 2 ? upR0 : downR0) + (k % 2 == 0 ? upR1 : downR1);
            correlation.Store(p + (16 * k));
            squares.Store(r + (16 * k));
            found |= Better(correlation, squares, splits.Best);
        }

        Accept(p, r, 4, found, n, first, second, ref splits);
    }

    private static (T UpP, T UpR, T DownP, T DownR) Half<T>(float* a, float* b, int n, int first, int second)
        where T : struct, ILanes<T>
    {
        T a1 = T.All(a[first]), b1 = T.All(b[first]), a2 = T.Load(a + second), b2 = T.Load(b + second), an = T.All(a[n]), bn = T.All(b[n]);
        T up = T.All(1.125f), down = T.All(0.875f);
        return (
            (an * up) - (a1 + a2),
            (bn * up * up) + (b1 * T.All(0.75f)) + (b2 * T.All(-1.25f)),
            (an * down) - (a1 + a2),
            (bn * down * down) + (b1 * T.All(1.25f)) + (b2 * T.All(-0.75f)));
    }

    private static uint Better<T>(T p, T r, float best)
        where T : struct, ILanes<T> => T.Bits(T.Both(T.Greater(r, T.All(0)), T.Greater(p * p, T.All(best) * r)));

    // What is no better now is no better later, when the best is larger: only lanes that were found are looked at, in order.
    private static void Accept(float* p, float* r, int shifts, uint found, int n, int first, int second, ref Splits splits)
    {
        for (; found != 0; found &= found - 1)
        {
            int lane = System.Numerics.BitOperations.TrailingZeroCount(found);
            for (int k = 0; k < shifts && second + lane <= n; k++)
            {
                float correlation = p[(16 * k) + lane], squares = r[(16 * k) + lane];
                if (squares > 0 && correlation * correlation > splits.Best * squares)
                {
                    splits.Scale = correlation / squares;
                    splits.Best = splits.Scale * correlation;
                    splits.First = first;
                    splits.Second = second + lane;
                    splits.Shifts = shifts == 2 ? 3 * k : k;
                }
            }
        }
    }

    private static (float Scale, int Shifts) Choose<T>(Codebook book, float* x, float* w, int n, int* order, Splits splits, ushort* indices)
        where T : struct, ILanes<T>
    {
        byte* levels = stackalloc byte[MostLength];
        float scale = splits.Scale;
        int shifts = splits.Shifts;
        for (int j = 0; j < n; j++)
        {
            int level = j < splits.First ? 0 : j < splits.Second ? 1 : 2;
            levels[order[j]] = (byte)(scale < 0 ? 2 - level : level);
        }

        shifts = scale < 0 ? 3 - shifts : shifts;
        scale = scale < 0 ? -scale : scale;
        bool isOff = false;
        for (int g = 0; g < n / Group; g++)
        {
            int key = book.KeyOf(levels + (Group * g)), index = book.IndexOf(key);
            if (index < 0)
            {
                isOff = true;
                index = book.Nearest<T>(key, x + (Group * g), w + (Group * g), scale, 1, ValueOf(0, IsDown(shifts, g)));
                if (index < 0)
                {
                    return (float.NaN, 0);
                }
            }

            indices[g] = (ushort)index;
        }

        if (isOff)
        {
            float p = 0, r = 0;
            for (int i = 0; i < n; i++)
            {
                float value = ValueOf(book.LevelsOf(indices[i / Group])[i % Group], IsDown(shifts, i / Group));
                p += w[i] * value * x[i];
                r += w[i] * value * value;
            }

            scale = p > 0 && r > 0 ? p / r : scale;
        }

        return (scale, shifts);
    }

    /// <summary>Whether a group of eight is moved down.</summary>
    /// <param name="shifts">Bit 1 the first half, bit 0 the second; a whole has both or none.</param>
    /// <param name="group">The group in its sub-block.</param>
    /// <returns>True where it is.</returns>
    public static bool IsDown(int shifts, int group) => (shifts >> (group % 2 == 0 ? 1 : 0) & 1) != 0;

    private struct Splits
    {
        public float Best;
        public float Scale;
        public int First;
        public int Second;
        public int Shifts;
    }
}
