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
        Exponentials(scores, scale, TensorPrimitives.Max(scores));
        return Sum(scores);
    }

    /// <summary>Turns scores into weights where one more score takes its share and has nothing to give.</summary>
    /// <param name="scores">Scores; become weights from 0 to 1.</param>
    /// <param name="scale">What scores are multiplied by, above 0.</param>
    /// <param name="sink">The further score, which is not multiplied.</param>
    /// <returns>The sum of the weights and of the sink's.</returns>
    public static float Weights(Span<float> scores, float scale, float sink)
    {
        float largest = MathF.Max(TensorPrimitives.Max(scores), sink / scale);
        Exponentials(scores, scale, largest);
        return Sum(scores) + MathF.Exp(sink - (scale * largest));
    }

    private static void Exponentials(Span<float> scores, float scale, float largest)
    {
        TensorPrimitives.Subtract(scores, largest, scores);
        TensorPrimitives.Multiply(scores, scale, scores);
        TensorPrimitives.Exp(scores, scores);
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
