using System.Runtime.CompilerServices;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>Twice the numbers of E2M1, the four-bit float of MXFP4 and NVFP4: 0 1 2 3 4 6 8 12, and the same negative.</summary>
internal static unsafe class FourBitFloat
{
    /// <summary>Twice the value of codes 0 to 15.</summary>
    internal static System.ReadOnlySpan<sbyte> Values => [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

    // Twice the largest value: up to there the distance to it is exact.
    private const float Reach = 24;

    /// <summary>The codes of the nearest values; of two as near the first code, so that 0 never becomes -0.</summary>
    /// <param name="x">[n] numbers.</param>
    /// <param name="n">How many.</param>
    /// <param name="step">What a value is multiplied by.</param>
    /// <param name="codes">Receives [n] codes.</param>
    public static void Code<T>(float* x, int n, float step, byte* codes)
        where T : struct, ILanes<T>
    {
        for (int i = 0; i < n; i += T.Count)
        {
            T value = T.Load(x + i);
            (T.Any(T.Greater(T.Abs(value), T.All(Reach * step))) ? CodeOfFar(value, step) : CodeOf(value, step)).StoreBytes(codes + i);
        }
    }

    // Values are few bits times a step of few bits: the middle of two is exact, and so are the distances of what lies about it. What lies on it stays with the lower code.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T CodeOf<T>(T value, float step)
        where T : struct, ILanes<T>
    {
        T zero = T.All(0), magnitude = T.Abs(value), code = zero;
        for (int c = 1; c < 8; c++)
        {
            code = T.Select(T.Greater(magnitude, T.All((Values[c - 1] + Values[c]) * 0.5f * step)), T.All(c), code);
        }

        return code + T.Select(T.Both(T.Greater(zero, value), T.Greater(code, zero)), T.All(8), zero);
    }

    // Far beyond the largest value distances are rounded, and the farther, the more of them are alike.
    private static T CodeOfFar<T>(T value, float step)
        where T : struct, ILanes<T>
    {
        T code = T.All(0), least = T.Abs(value);
        for (int c = 1; c < 16; c++)
        {
            T off = T.Abs(T.All(Values[c] * step) - value), nearer = T.Greater(least, off);
            least = T.Select(nearer, off, least);
            code = T.Select(nearer, T.All(c), code);
        }

        return code;
    }

    /// <summary>Numbers of codes.</summary>
    /// <param name="codes">[half] bytes: code j below, code j + half above.</param>
    /// <param name="half">Half of the numbers.</param>
    /// <param name="step">What a value is multiplied by.</param>
    /// <param name="values">Receives [2 · half] numbers.</param>
    public static void Decode(byte* codes, int half, float step, float* values)
    {
        for (int i = 0; i < half; i++)
        {
            values[i] = Values[codes[i] & 15] * step;
            values[i + half] = Values[codes[i] >> 4] * step;
        }
    }
}
