using System;
using System.Numerics.Tensors;

namespace CheckpointBuild.Runtime.Kernels;

/// <summary>Holds numbers within ±c without a sharp edge: c · tanh(x / c).</summary>
internal static class SoftCap
{
    /// <summary>Applies the cap in place.</summary>
    /// <param name="values">Numbers; replaced.</param>
    /// <param name="scale">What numbers are multiplied by first.</param>
    /// <param name="cap">Above 0.</param>
    public static void Apply(Span<float> values, float scale, float cap)
    {
        TensorPrimitives.Multiply(values, scale / cap, values);
        TensorPrimitives.Tanh(values, values);
        TensorPrimitives.Multiply(values, cap, values);
    }
}
