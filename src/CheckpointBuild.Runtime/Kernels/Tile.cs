using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CheckpointBuild.Runtime.Kernels;

/// <summary>
/// The innermost piece of a matrix product: 4 rows times 6 tokens, all of whose 24 sums stay in registers. Both sides lie in memory in the order in which they are read:
/// <c>rows [steps, 4, 16]</c>, <c>tokens [steps, 6, 16]</c>, so that ten loads feed 24 multiply-adds.
/// </summary>
internal static unsafe partial class Tile
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 4;

    /// <summary>Tokens of a tile.</summary>
    public const int Tokens = 6;

    /// <summary>Numbers of four rows in one step.</summary>
    public const int StepFloats = Rows * Lanes.Count;

    /// <summary>Numbers of six tokens in one step.</summary>
    public const int TokenStepFloats = Tokens * Lanes.Count;

    /// <summary>Multiplies each row with each token, in the order of <see cref="Lanes"/>.</summary>
    /// <param name="rows">[steps, 4, 16].</param>
    /// <param name="tokens">[steps, 6, 16].</param>
    /// <param name="steps">Columns / 16.</param>
    /// <param name="output">Receives the four sums of each token at <c>output + token · stride</c>.</param>
    /// <param name="stride">Numbers from one token's sums to the next's.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* rows, float* tokens, int steps, float* output, nint stride)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Multiply512(rows, tokens, steps, output, stride);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Multiply256(rows, tokens, steps, output, stride);
        }
        else
        {
            MultiplyScalar(rows, tokens, steps, output, stride);
        }
    }

    /// <summary>The specification.</summary>
    internal static void MultiplyScalar(float* rows, float* tokens, int steps, float* output, nint stride)
    {
        float* lanes = stackalloc float[Lanes.Count];
        for (int token = 0; token < Tokens; token++)
        {
            for (int row = 0; row < Rows; row++)
            {
                new System.Span<float>(lanes, Lanes.Count).Clear();
                for (int step = 0; step < steps; step++)
                {
                    float* w = rows + (step * StepFloats) + (row * Lanes.Count);
                    float* x = tokens + (step * TokenStepFloats) + (token * Lanes.Count);
                    for (int lane = 0; lane < Lanes.Count; lane++)
                    {
                        lanes[lane] = float.MultiplyAddEstimate(w[lane], x[lane], lanes[lane]);
                    }
                }

                output[(token * stride) + row] = Lanes.Sum(new System.Span<float>(lanes, Lanes.Count));
            }
        }
    }
}
