using System;
using System.Numerics.Tensors;

namespace CheckpointBuild.Runtime.Kernels;

/// <summary>Layer norm (arXiv:1607.06450): (x - mean) / √(variance + ε) · weight + bias.</summary>
internal static class LayerNorm
{
    /// <summary>Normalizes one row. Mean and variance are added in double precision, the variance around the mean.</summary>
    /// <param name="input">[width].</param>
    /// <param name="weight">[width].</param>
    /// <param name="bias">[width], or empty.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    /// <param name="output">Receives [width]; may be the input.</param>
    public static void Apply(ReadOnlySpan<float> input, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, float epsilon, Span<float> output)
    {
        double sum = 0;
        foreach (float value in input)
        {
            sum += value;
        }

        float mean = (float)(sum / input.Length);
        double squares = 0;
        foreach (float value in input)
        {
            double distance = value - mean;
            squares += distance * distance;
        }

        float scale = 1 / MathF.Sqrt((float)(squares / input.Length) + epsilon);
        TensorPrimitives.Subtract(input, mean, output);
        TensorPrimitives.Multiply(output, scale, output);
        TensorPrimitives.Multiply(output, weight, output);
        if (!bias.IsEmpty)
        {
            TensorPrimitives.Add(output, bias, output);
        }
    }
}
