using System;
using System.Numerics.Tensors;

namespace CheckpointBuild.Runtime.Kernels;

/// <summary>The exponential part of a softmax; whoever uses the weights divides by their sum.</summary>
internal static class Softmax
{
    /// <summary>Turns scores into weights <c>exp(scale · (score - largest))</c>.</summary>
    /// <param name="scores">Scores; become weights from 0 to 1.</param>
    /// <param name="scale">What scores are multiplied by, above 0.</param>
    /// <returns>The sum of the weights, added in the order of <see cref="Lanes"/>.</returns>
    public static float Weights(Span<float> scores, float scale)
    {
        float largest = TensorPrimitives.Max(scores);
        TensorPrimitives.Subtract(scores, largest, scores);
        TensorPrimitives.Multiply(scores, scale, scores);
        TensorPrimitives.Exp(scores, scores);
        return Sum(scores);
    }

    private static float Sum(ReadOnlySpan<float> values)
    {
        Span<float> lanes = stackalloc float[Lanes.Count];
        lanes.Clear();
        int i = 0;
        for (; i <= values.Length - Lanes.Count; i += Lanes.Count)
        {
            TensorPrimitives.Add(lanes, values.Slice(i, Lanes.Count), lanes);
        }

        for (; i < values.Length; i++)
        {
            lanes[i % Lanes.Count] += values[i];
        }

        return Lanes.Sum(lanes);
    }
}
