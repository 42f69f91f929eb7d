using System;
using System.Collections.Generic;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tests.Laws;

/// <summary>How far a number may move when it is written in a dtype and read again, from the dtype's own definition.</summary>
internal static class ErrorBound
{
    // Half a unit in the last place, relative: 2^-(mantissa bits + 1). Below the smallest normal number the step no longer shrinks.
    private const float Float16Relative = 1f / (1 << 11);
    private const float Float16Smallest = 1f / (1 << 25);
    private const float BFloat16Relative = 1f / (1 << 8);
    private static readonly float BFloat16Smallest = MathF.ScaleB(1, -134);

    // Half a step of d = largest / 127, and 127 times the rounding of d to binary16: d·(1/2 + 127/2048) stays below 0.5625·d. The float32 arithmetic between adds less than the rest of that.
    private const float Q8Steps = 0.5625f / 127;

    // Where d itself is a binary16 subnormal it is off by up to 2^-25, and a code multiplies that by up to 127.
    private const float Q8Smallest = 127f / (1 << 25);

    // Of the largest magnitude in the block, how far a number may move: for the first types half a step, or a whole one at the end that the signed codes lack. The searched types make a weighted sum of errors small,
    // not the largest error, so that a small number beside a large one may move by more than half a step of its sub-block: the bound is what a code at most two steps off gives.
    private static readonly Dictionary<string, float> BlockSteps = new(StringComparer.Ordinal)
    {
        ["Q4_0"] = 1f / 7, ["Q4_1"] = 1f / 14, ["Q5_0"] = 1f / 15, ["Q5_1"] = 1f / 30,
        ["Q2_K"] = 1, ["Q3_K"] = 0.6f, ["Q4_K"] = 0.3f, ["Q5_K"] = 0.15f, ["Q6_K"] = 0.1f,
        ["IQ4_NL"] = 0.3f, ["IQ4_XS"] = 0.3f, ["TQ1_0"] = 0.501f, ["TQ2_0"] = 0.501f, ["Q2_0"] = 0.501f, ["MXFP4"] = 0.5f,
        ["Q8_1"] = Q8Steps, ["Q8_K"] = 1f / 127,

        // Of these one to three levels a number may be a whole magnitude off; NVFP4's scales end at 448 and at 2^-10.
        ["IQ3_S"] = 1, ["IQ3_XXS"] = 1, ["IQ2_S"] = 1, ["IQ2_XS"] = 1, ["IQ2_XXS"] = 1, ["IQ1_M"] = 1.5f, ["IQ1_S"] = 1.5f, ["Q1_0"] = 1, ["NVFP4"] = 1,
    };

    // Scales are binary16 subnormals, off by up to 2^-25, times codes and scales up to 127 · 32.
    private const float BlockSmallest = 127f * 32 / (1 << 25);

    /// <summary>The bound for one number.</summary>
    /// <param name="dtype">A dtype with values.</param>
    /// <param name="value">The number.</param>
    /// <param name="largest">The largest magnitude in the number's block.</param>
    /// <returns>The largest difference allowed; null for a dtype whose bound nobody has stated here yet.</returns>
    public static float? Of(DType dtype, float value, float largest) => dtype.Name switch
    {
        "F32" or "F64" => 0,
        "F16" => MathF.Max(MathF.Abs(value) * Float16Relative, Float16Smallest),
        "BF16" => MathF.Max(MathF.Abs(value) * BFloat16Relative, BFloat16Smallest),
        "Q8_0" => (largest * Q8Steps) + Q8Smallest,
        _ when BlockSteps.TryGetValue(dtype.Name, out float steps) => (largest * steps) + BlockSmallest,
        _ => null,
    };
}
