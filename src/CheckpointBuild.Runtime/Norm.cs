using System;
using CheckpointBuild.Runtime.Kernels;

namespace CheckpointBuild.Runtime;

/// <summary>A norm of the model.</summary>
/// <param name="Weight">[width].</param>
/// <param name="Epsilon">What is added to the mean square.</param>
internal sealed record Norm(float[] Weight, float Epsilon)
{
    /// <summary>Normalizes one row.</summary>
    /// <param name="input">[width].</param>
    /// <param name="output">Receives [width].</param>
    public void Apply(ReadOnlySpan<float> input, Span<float> output) => RmsNorm.Apply(input, Weight, Epsilon, output);
}
