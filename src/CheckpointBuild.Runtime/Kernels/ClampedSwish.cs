using System;
using System.Numerics.Tensors;

namespace CheckpointBuild.Runtime.Kernels;

/// <summary>gpt-oss's gate: <c>(up + 1) · gate · sigmoid(1.702 · gate)</c>, the gate held below a limit and up within it.</summary>
internal static class ClampedSwish
{
    private const float Slope = 1.702f;

    /// <summary>Applies the gate.</summary>
    /// <param name="gate">[width]; overwritten.</param>
    /// <param name="up">[width]; becomes the result.</param>
    /// <param name="limit">Above 0.</param>
    public static void Apply(Span<float> gate, Span<float> up, float limit)
    {
        TensorPrimitives.Min(gate, limit, gate);
        TensorPrimitives.Clamp(up, -limit, limit, up);
        TensorPrimitives.Add(up, 1, up);
        TensorPrimitives.Multiply(up, gate, up);
        TensorPrimitives.Multiply(gate, Slope, gate);
        TensorPrimitives.Sigmoid(gate, gate);
        TensorPrimitives.Multiply(up, gate, up);
    }
}
