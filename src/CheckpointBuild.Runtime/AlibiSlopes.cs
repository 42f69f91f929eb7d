using System;
using System.Numerics;

namespace CheckpointBuild.Runtime;

/// <summary>The slopes of attention with linear biases (arXiv:2108.12409): what each head adds to a score for one position further on.</summary>
internal static class AlibiSlopes
{
    /// <summary>The slopes of a model's heads.</summary>
    /// <remarks>
    /// For a power of two of heads <c>2^(-largest · i / heads)</c>, i from 1. For other numbers first the slopes of the power of two below, then of the one above those that it does not share, from the first.
    /// </remarks>
    /// <param name="heads">How many heads.</param>
    /// <param name="largest">The exponent of the last, 8 in the paper.</param>
    /// <returns>[heads].</returns>
    public static float[] Of(int heads, double largest)
    {
        int below = 1 << BitOperations.Log2((uint)heads);
        float[] slopes = new float[heads];
        for (int i = 0; i < heads; i++)
        {
            double part = i < below ? (i + 1.0) / below : ((2 * (i - below)) + 1.0) / (2 * below);
            slopes[i] = (float)Math.Pow(2, -largest * part);
        }

        return slopes;
    }
}
