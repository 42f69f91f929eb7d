using System;
using System.Numerics.Tensors;
using CheckpointBuild.Models;

namespace CheckpointBuild.Runtime.Kernels;

/// <summary>The nonlinearities of feed-forward blocks.</summary>
internal static class Gate
{
    private const float TanhSlope = 0.7978845608028654f;
    private const float TanhCubic = 0.044715f;

    // Numbers at a time: they and their scratch stay in the first-level cache.
    private const int ChunkLength = 512;

    /// <summary>Applies a nonlinearity in place.</summary>
    /// <param name="activation">Which.</param>
    /// <param name="values">Numbers; replaced.</param>
    public static void Apply(Activation activation, Span<float> values)
    {
        Span<float> scratch = stackalloc float[ChunkLength];
        while (!values.IsEmpty)
        {
            Span<float> chunk = values[..Math.Min(ChunkLength, values.Length)];
            ApplyToChunk(activation, chunk, scratch[..chunk.Length]);
            values = values[chunk.Length..];
        }
    }

    private static void ApplyToChunk(Activation activation, Span<float> values, Span<float> scratch)
    {
        switch (activation)
        {
            case Activation.Silu:
                TensorPrimitives.Sigmoid(values, scratch);
                TensorPrimitives.Multiply(values, scratch, values);
                break;
            case Activation.GeluTanh:
                // ½x(1 + tanh u) = x · sigmoid(2u), u = √(2/π) · (x + 0.044715 x³).
                TensorPrimitives.Multiply(values, values, scratch);
                TensorPrimitives.Multiply(scratch, 2 * TanhSlope * TanhCubic, scratch);
                TensorPrimitives.Add(scratch, 2 * TanhSlope, scratch);
                TensorPrimitives.Multiply(scratch, values, scratch);
                TensorPrimitives.Sigmoid(scratch, scratch);
                TensorPrimitives.Multiply(values, scratch, values);
                break;
            case Activation.Gelu:
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] = (float)(0.5 * values[i] * ComplementaryError(-values[i] * Math.Sqrt(0.5)));
                }

                break;
            case Activation.Relu:
                TensorPrimitives.Max(values, 0, values);
                break;
            case Activation.ReluSquared:
                TensorPrimitives.Max(values, 0, values);
                TensorPrimitives.Multiply(values, values, values);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "This nonlinearity has no kernel.");
        }
    }

    /// <summary>erfc(x) = 1 - erf(x), to 1.2e-7 of itself everywhere.</summary>
    /// <remarks>The Chebyshev fit of W. H. Press et al., Numerical Recipes, section 6.2.</remarks>
    /// <param name="x">Any number.</param>
    /// <returns>A number from 0 to 2.</returns>
    internal static double ComplementaryError(double x)
    {
        double z = Math.Abs(x);
        double t = 1 / (1 + (0.5 * z));
        double p = 0.17087277;
        p = (p * t) - 0.82215223;
        p = (p * t) + 1.48851587;
        p = (p * t) - 1.13520398;
        p = (p * t) + 0.27886807;
        p = (p * t) - 0.18628806;
        p = (p * t) + 0.09678418;
        p = (p * t) + 0.37409196;
        p = (p * t) + 1.00002368;
        p = (p * t) - 1.26551223;
        double tail = t * Math.Exp(p - (z * z));
        return x >= 0 ? tail : 2 - tail;
    }
}
