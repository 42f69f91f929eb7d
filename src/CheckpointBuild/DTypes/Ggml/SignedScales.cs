using System;

namespace CheckpointBuild.DTypes.Ggml;

/// <summary>The scales of a block's sub-blocks, which may have either sign.</summary>
internal static unsafe class SignedScales
{
    /// <summary>The first scale of the largest magnitude, with its sign.</summary>
    /// <param name="scales">[n] scales.</param>
    /// <param name="n">How many.</param>
    /// <returns>The scale; 0 where all are.</returns>
    public static float Largest(float* scales, int n)
    {
        float most = 0, largest = 0;
        for (int i = 0; i < n; i++)
        {
            float magnitude = MathF.Abs(scales[i]);
            if (magnitude > largest)
            {
                largest = magnitude;
                most = scales[i];
            }
        }

        return most;
    }
}
