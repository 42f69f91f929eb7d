using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CheckpointBuild.Runtime.Kernels;

/// <content>
/// Vector form. Sum <c>ct r</c> of token t and row r is a vector of 16 lanes where registers hold 32 of them (24 sums, 4 rows, 1 token); else tiles of 2 rows and 3 tokens in two vectors of 8, lower and upper lanes
/// (12 sums, 2 rows, 1 token of 16 registers). Lane for lane the operations of <see cref="MultiplyScalar"/>.
/// </content>
internal static unsafe partial class Tile
{
    /// <summary>Vectors of 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Multiply512(float* rows, float* tokens, int steps, float* output, nint stride)
    {
        Vector512<float> c00 = default, c01 = default, c02 = default, c03 = default;
        Vector512<float> c10 = default, c11 = default, c12 = default, c13 = default;
        Vector512<float> c20 = default, c21 = default, c22 = default, c23 = default;
        Vector512<float> c30 = default, c31 = default, c32 = default, c33 = default;
        Vector512<float> c40 = default, c41 = default, c42 = default, c43 = default;
        Vector512<float> c50 = default, c51 = default, c52 = default, c53 = default;
        for (; steps > 0; steps--)
        {
            Vector512<float> w0 = Vector512.Load(rows), w1 = Vector512.Load(rows + 16), w2 = Vector512.Load(rows + 32), w3 = Vector512.Load(rows + 48);
            rows += StepFloats;

            Vector512<float> x = Vector512.Load(tokens);
            c00 = Vector512.MultiplyAddEstimate(w0, x, c00);
            c01 = Vector512.MultiplyAddEstimate(w1, x, c01);
            c02 = Vector512.MultiplyAddEstimate(w2, x, c02);
            c03 = Vector512.MultiplyAddEstimate(w3, x, c03);

            x = Vector512.Load(tokens + 16);
            c10 = Vector512.MultiplyAddEstimate(w0, x, c10);
            c11 = Vector512.MultiplyAddEstimate(w1, x, c11);
            c12 = Vector512.MultiplyAddEstimate(w2, x, c12);
            c13 = Vector512.MultiplyAddEstimate(w3, x, c13);

            x = Vector512.Load(tokens + 32);
            c20 = Vector512.MultiplyAddEstimate(w0, x, c20);
            c21 = Vector512.MultiplyAddEstimate(w1, x, c21);
            c22 = Vector512.MultiplyAddEstimate(w2, x, c22);
            c23 = Vector512.MultiplyAddEstimate(w3, x, c23);

            x = Vector512.Load(tokens + 48);
            c30 = Vector512.MultiplyAddEstimate(w0, x, c30);
            c31 = Vector512.MultiplyAddEstimate(w1, x, c31);
            c32 = Vector512.MultiplyAddEstimate(w2, x, c32);
            c33 = Vector512.MultiplyAddEstimate(w3, x, c33);

            x = Vector512.Load(tokens + 64);
            c40 = Vector512.MultiplyAddEstimate(w0, x, c40);
            c41 = Vector512.MultiplyAddEstimate(w1, x, c41);
            c42 = Vector512.MultiplyAddEstimate(w2, x, c42);
            c43 = Vector512.MultiplyAddEstimate(w3, x, c43);

            x = Vector512.Load(tokens + 80);
            c50 = Vector512.MultiplyAddEstimate(w0, x, c50);
            c51 = Vector512.MultiplyAddEstimate(w1, x, c51);
            c52 = Vector512.MultiplyAddEstimate(w2, x, c52);
            c53 = Vector512.MultiplyAddEstimate(w3, x, c53);

            tokens += TokenStepFloats;
        }

        Lanes.Sum(c00, c01, c02, c03).Store(output);
        Lanes.Sum(c10, c11, c12, c13).Store(output + stride);
        Lanes.Sum(c20, c21, c22, c23).Store(output + (2 * stride));
        Lanes.Sum(c30, c31, c32, c33).Store(output + (3 * stride));
        Lanes.Sum(c40, c41, c42, c43).Store(output + (4 * stride));
        Lanes.Sum(c50, c51, c52, c53).Store(output + (5 * stride));
    }

    /// <summary>Vectors of 8: four tiles of 2 rows and 3 tokens.</summary>
    internal static void Multiply256(float* rows, float* tokens, int steps, float* output, nint stride)
    {
        for (int token = 0; token < Tokens; token += 3)
        {
            for (int row = 0; row < Rows; row += 2)
            {
                MultiplySix256(rows + (row * Lanes.Count), tokens + (token * Lanes.Count), steps, output + (token * stride) + row, stride);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplySix256(float* rows, float* tokens, int steps, float* output, nint stride)
    {
        Vector256<float> low00 = default, low01 = default, low10 = default, low11 = default, low20 = default, low21 = default;
        Vector256<float> high00 = default, high01 = default, high10 = default, high11 = default, high20 = default, high21 = default;
        for (; steps > 0; steps--)
        {
            Vector256<float> w0 = Vector256.Load(rows), w1 = Vector256.Load(rows + 16);
            Vector256<float> x = Vector256.Load(tokens);
            low00 = Vector256.MultiplyAddEstimate(w0, x, low00);
            low01 = Vector256.MultiplyAddEstimate(w1, x, low01);
            x = Vector256.Load(tokens + 16);
            low10 = Vector256.MultiplyAddEstimate(w0, x, low10);
            low11 = Vector256.MultiplyAddEstimate(w1, x, low11);
            x = Vector256.Load(tokens + 32);
            low20 = Vector256.MultiplyAddEstimate(w0, x, low20);
            low21 = Vector256.MultiplyAddEstimate(w1, x, low21);

            (w0, w1) = (Vector256.Load(rows + 8), Vector256.Load(rows + 24));
            x = Vector256.Load(tokens + 8);
            high00 = Vector256.MultiplyAddEstimate(w0, x, high00);
            high01 = Vector256.MultiplyAddEstimate(w1, x, high01);
            x = Vector256.Load(tokens + 24);
            high10 = Vector256.MultiplyAddEstimate(w0, x, high10);
            high11 = Vector256.MultiplyAddEstimate(w1, x, high11);
            x = Vector256.Load(tokens + 40);
            high20 = Vector256.MultiplyAddEstimate(w0, x, high20);
            high21 = Vector256.MultiplyAddEstimate(w1, x, high21);

            rows += StepFloats;
            tokens += TokenStepFloats;
        }

        Store(low00 + high00, low01 + high01, output);
        Store(low10 + high10, low11 + high11, output + stride);
        Store(low20 + high20, low21 + high21, output + (2 * stride));
    }

    private static void Store(Vector256<float> row0, Vector256<float> row1, float* output)
    {
        output[0] = Lanes.Sum(row0);
        output[1] = Lanes.Sum(row1);
    }
}
