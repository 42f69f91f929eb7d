using System;
using System.Numerics.Tensors;

namespace CheckpointBuild.Runtime.Kernels;

/// <summary>Root mean square norm (arXiv:1910.07467): x / √(mean(x²) + ε) · weight.</summary>
internal static class RmsNorm
{
    /// <summary>Normalizes one row. Squares are added in double precision, as llama.cpp does.</summary>
    /// <param name="input">[width].</param>
    /// <param name="weight">[width].</param>
    /// <param name="epsilon">What is added to the mean square.</param>
    /// <param name="output">Receives [width]; may be the input.</param>
    public static void Apply(ReadOnlySpan<float> input, ReadOnlySpan<float> weight, float epsilon, Span<float> output)
    {
        float mean = (float)(SumOfSquares(input) / input.Length);
        float scale = 1 / MathF.Sqrt(mean + epsilon);
        TensorPrimitives.Multiply(input, scale, output);
        TensorPrimitives.Multiply(output, weight, output);
    }

    // Four partial sums hide the latency of the additions.
    private static double SumOfSquares(ReadOnlySpan<float> input)
    {
        double a = 0, b = 0, c = 0, d = 0;
        int i = 0;
        for (; i <= input.Length - 4; i += 4)
        {
            a += (double)input[i] * input[i];
            b += (double)input[i + 1] * input[i + 1];
            c += (double)input[i + 2] * input[i + 2];
            d += (double)input[i + 3] * input[i + 3];
        }

        for (; i < input.Length; i++)
        {
            a += (double)input[i] * input[i];
        }

        return a + b + (c + d);
    }
}
