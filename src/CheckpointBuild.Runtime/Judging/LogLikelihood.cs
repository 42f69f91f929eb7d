using System;
using System.Numerics.Tensors;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Runtime.Judging;

/// <summary>Log probabilities out of logits.</summary>
internal static class LogLikelihood
{
    /// <summary>-ln p of a token under the softmax of logits. Exponentials are float32, their sum and logarithm double.</summary>
    /// <param name="logits">[vocabulary]; overwritten.</param>
    /// <param name="token">The token.</param>
    /// <returns>Nats.</returns>
    public static double NegativeOf(Span<float> logits, int token)
    {
        float largest = TensorPrimitives.Max<float>(logits);
        if (!float.IsFinite(largest) || !float.IsFinite(logits[token]))
        {
            throw Errors.LogitsNotFinite(token);
        }

        double own = logits[token] - (double)largest;
        TensorPrimitives.Subtract(logits, largest, logits);
        TensorPrimitives.Exp<float>(logits, logits);
        double sum = 0;
        foreach (float exponential in logits)
        {
            sum += exponential;
        }

        return Math.Log(sum) - own;
    }
}
