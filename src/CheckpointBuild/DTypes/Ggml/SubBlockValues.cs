using System.Runtime.Intrinsics;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>Numbers of a sub-block from its codes, eight at a time; one operation a lane, so that the bits are the scalar form's.</summary>
internal static unsafe class SubBlockValues
{
    /// <summary>scale · code - low.</summary>
    /// <param name="codes">[n] codes 0 to 255.</param>
    /// <param name="n">How many, a multiple of 8.</param>
    /// <param name="scale">The scale.</param>
    /// <param name="low">The minimum with its sign turned.</param>
    /// <param name="values">Receives [n] numbers.</param>
    public static void Write(byte* codes, int n, float scale, float low, float* values)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<float> by = Vector256.Create(scale), from = Vector256.Create(low);
            for (; i < n; i += 8)
            {
                ((by * Eight(codes + i)) - from).Store(values + i);
            }
        }

        for (; i < n; i++)
        {
            values[i] = (scale * codes[i]) - low;
        }
    }

    /// <summary>scale · (code - middle).</summary>
    /// <param name="codes">[n] codes 0 to 255.</param>
    /// <param name="n">How many, a multiple of 8.</param>
    /// <param name="scale">The scale.</param>
    /// <param name="middle">The code of 0.</param>
    /// <param name="values">Receives [n] numbers.</param>
    public static void WriteCentred(byte* codes, int n, float scale, int middle, float* values)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<float> by = Vector256.Create(scale), from = Vector256.Create((float)middle);
            for (; i < n; i += 8)
            {
                (by * (Eight(codes + i) - from)).Store(values + i);
            }
        }

        for (; i < n; i++)
        {
            values[i] = scale * (codes[i] - middle);
        }
    }

    private static Vector256<float> Eight(byte* codes) =>
        Vector256.ConvertToSingle(Vector256.WidenLower(Vector256.WidenLower(Vector128.CreateScalarUnsafe(*(long*)codes).AsByte().ToVector256Unsafe())).AsInt32());
}
