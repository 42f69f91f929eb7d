using System.Numerics;
using System.Runtime.CompilerServices;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>The extremes of one block, with lanes along its elements: which number is largest does not depend on the order, and of equal ones the first is taken.</summary>
internal static unsafe class Extremes
{
    /// <summary>The first number of the largest magnitude, with its sign.</summary>
    /// <param name="x">[n] finite numbers, n a multiple of the lanes and at most 32.</param>
    /// <param name="n">How many.</param>
    /// <returns>The number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float OfMagnitude<T>(float* x, int n)
        where T : struct, ILanes<T>
    {
        T most = T.Abs(T.Load(x));
        for (int i = T.Count; i < n; i += T.Count)
        {
            most = T.Max(most, T.Abs(T.Load(x + i)));
        }

        T largest = T.All(T.Largest(most));
        uint found = 0;
        for (int i = 0; i < n; i += T.Count)
        {
            found |= T.Bits(T.Same(T.Abs(T.Load(x + i)), largest)) << i;
        }

        return x[BitOperations.TrailingZeroCount(found)];
    }

    /// <summary>The largest magnitude of any number of numbers.</summary>
    /// <param name="x">[n] finite numbers, n a multiple of the lanes.</param>
    /// <param name="n">How many.</param>
    /// <returns>At least 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Magnitude<T>(float* x, int n)
        where T : struct, ILanes<T>
    {
        T most = T.Abs(T.Load(x));
        for (int i = T.Count; i < n; i += T.Count)
        {
            most = T.Max(most, T.Abs(T.Load(x + i)));
        }

        return T.Largest(most);
    }

    /// <summary>The first of the smallest numbers and the first of the largest; of a zero of each sign the first counts.</summary>
    /// <param name="x">[n] finite numbers, n a multiple of the lanes and at most 32.</param>
    /// <param name="n">How many.</param>
    /// <returns>Both.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (float Low, float High) Of<T>(float* x, int n)
        where T : struct, ILanes<T>
    {
        T high = T.Load(x), low = -high;
        for (int i = T.Count; i < n; i += T.Count)
        {
            T value = T.Load(x + i);
            high = T.Max(high, value);
            low = T.Max(low, -value);
        }

        float largest = T.Largest(high), smallest = -T.Largest(low);
        return (smallest == 0 ? FirstZero<T>(x, n) : smallest, largest == 0 ? FirstZero<T>(x, n) : largest);
    }

    private static float FirstZero<T>(float* x, int n)
        where T : struct, ILanes<T>
    {
        uint zeros = 0;
        for (int i = 0; i < n; i += T.Count)
        {
            zeros |= T.Bits(T.Same(T.Load(x + i), T.All(0))) << i;
        }

        return x[BitOperations.TrailingZeroCount(zeros)];
    }
}
