using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CheckpointBuild.Runtime.Kernels;

/// <summary>The order in which every dot product of the runtime adds: 16 lanes, column i into lane i mod 16, then lane j + 8 onto lane j, j + 4, j + 2, j + 1.</summary>
/// <remarks>
/// One order for all kernels: a vector of 16, two of 8 or a scalar loop; one row or four; one token or many. Multiplication and addition are one operation where the processor has it
/// (<see cref="float.MultiplyAddEstimate"/>). So logits do not depend on the number of threads, on how a prompt is cut, or on the vectors' width.
/// </remarks>
internal static class Lanes
{
    /// <summary>How many lanes there are.</summary>
    public const int Count = 16;

    /// <summary>The sum over the lanes: the specification.</summary>
    /// <param name="lanes">[16] partial sums; overwritten.</param>
    /// <returns>The sum.</returns>
    public static float Sum(System.Span<float> lanes)
    {
        for (int half = Count / 2; half > 0; half /= 2)
        {
            for (int lane = 0; lane < half; lane++)
            {
                lanes[lane] += lanes[lane + half];
            }
        }

        return lanes[0];
    }

    /// <summary>The sums over four times 16 lanes.</summary>
    /// <returns>The four sums in order.</returns>
    public static Vector128<float> Sum(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d) =>
        Sum(a.GetLower() + a.GetUpper(), b.GetLower() + b.GetUpper(), c.GetLower() + c.GetUpper(), d.GetLower() + d.GetUpper());

    /// <summary>The sums over four times 8 lanes.</summary>
    /// <returns>The four sums in order.</returns>
    public static Vector128<float> Sum(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d) =>
        Sum(a.GetLower() + a.GetUpper(), b.GetLower() + b.GetUpper(), c.GetLower() + c.GetUpper(), d.GetLower() + d.GetUpper());

    /// <summary>The sum over 16 lanes.</summary>
    /// <returns>The sum.</returns>
    public static float Sum(Vector512<float> lanes) => Sum(lanes.GetLower() + lanes.GetUpper());

    /// <summary>The sum over 8 lanes.</summary>
    /// <returns>The sum.</returns>
    public static float Sum(Vector256<float> lanes) => Sum(lanes.GetLower() + lanes.GetUpper());

    private static float Sum(Vector128<float> lanes) => (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);

    private static Vector128<float> Sum(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d)
    {
        if (!Sse.IsSupported)
        {
            return Vector128.Create(Sum(a), Sum(b), Sum(c), Sum(d));
        }

        // [a0 + a2, b0 + b2, a1 + a3, b1 + b3], the same of c and d, and then the two halves of both.
        Vector128<float> ab = Sse.UnpackLow(a, b) + Sse.UnpackHigh(a, b);
        Vector128<float> cd = Sse.UnpackLow(c, d) + Sse.UnpackHigh(c, d);
        return Sse.MoveLowToHigh(ab, cd) + Sse.MoveHighToLow(cd, ab);
    }
}
