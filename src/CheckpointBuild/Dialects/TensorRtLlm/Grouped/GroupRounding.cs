using System;

namespace CheckpointBuild.Dialects.TensorRtLlm.Grouped;

/// <summary>How a group of columns becomes four-bit codes with one scale: of a few scales below the one that reaches the largest magnitude, that whose rounding costs least.</summary>
/// <param name="Size">Columns of a group.</param>
internal sealed record GroupRounding(int Size)
{
    private const float Highest = 7, Lowest = -8;

    // The largest magnitude over these: 7 reaches it from both sides, 8 from the negative one, larger ones clip.
    private static readonly float[] Divisors = [7f, 7.25f, 7.5f, 7.75f, 8f, 8.5f, 9f, 9.5f];

    /// <summary>The scale of a group.</summary>
    /// <param name="group">Its numbers.</param>
    /// <param name="importance">What an error's square counts, column by column.</param>
    /// <returns>The scale; 1 for a group of zeros.</returns>
    public static float ScaleOf(ReadOnlySpan<float> group, ReadOnlySpan<float> importance) => Best(group, importance).Scale;

    /// <summary>The error of a row, rounded group by group.</summary>
    /// <param name="row">The row.</param>
    /// <param name="importance">What an error's square counts, column by column.</param>
    /// <returns>The weighted sum of squares.</returns>
    public double ErrorOf(ReadOnlySpan<float> row, ReadOnlySpan<float> importance)
    {
        double error = 0;
        for (int start = 0; start < row.Length; start += Size)
        {
            int count = Math.Min(Size, row.Length - start);
            error += Best(row.Slice(start, count), importance.Slice(start, count)).Error;
        }

        return error;
    }

    /// <summary>The code of a number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="scale">Its group's scale.</param>
    /// <returns>From -8 to 7, ties to even.</returns>
    public static int CodeOf(float value, float scale) => (int)Math.Clamp(MathF.Round(value / scale), Lowest, Highest);

    private static (float Scale, double Error) Best(ReadOnlySpan<float> group, ReadOnlySpan<float> importance)
    {
        float most = 0;
        foreach (float value in group)
        {
            most = Math.Max(most, Math.Abs(value));
        }

        if (most == 0)
        {
            return (1, 0);
        }

        (float best, double least) = (0, double.MaxValue);
        foreach (float divisor in Divisors)
        {
            float scale = most / divisor;
            double error = 0;
            for (int i = 0; i < group.Length; i++)
            {
                double off = group[i] - (CodeOf(group[i], scale) * scale);
                error += importance[i] * off * off;
            }

            (best, least) = error < least ? (scale, error) : (best, least);
        }

        return (best, least);
    }
}
