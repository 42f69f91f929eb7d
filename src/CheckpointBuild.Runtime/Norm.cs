using System;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime.Kernels;

namespace CheckpointBuild.Runtime;

/// <summary>A norm of the model.</summary>
/// <param name="Kind">What it divides by.</param>
/// <param name="Weight">[width]; of heads with weights of their own [heads · width].</param>
/// <param name="Bias">As the weight, or null.</param>
/// <param name="Epsilon">What is added to the mean square.</param>
internal sealed record Norm(NormKind Kind, float[] Weight, float[]? Bias, float Epsilon)
{
    /// <summary>Normalizes one row.</summary>
    /// <param name="input">[width].</param>
    /// <param name="output">Receives [width]; may be the input.</param>
    public void Apply(ReadOnlySpan<float> input, Span<float> output) => Apply(input, output, Weight, Bias);

    /// <summary>Normalizes each head of a row by itself, in place.</summary>
    /// <param name="row">[heads · dimension].</param>
    /// <param name="dimension">Dimensions of a head.</param>
    public void ApplyToHeads(Span<float> row, int dimension)
    {
        bool isOwn = Weight.Length > dimension;
        for (int start = 0; start < row.Length; start += dimension)
        {
            int at = isOwn ? start : 0;
            Span<float> head = row.Slice(start, dimension);
            Apply(head, head, Weight.AsSpan(at, dimension), Bias is null ? default : Bias.AsSpan(at, dimension));
        }
    }

    private void Apply(ReadOnlySpan<float> input, Span<float> output, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias)
    {
        if (Kind == NormKind.Rms)
        {
            RmsNorm.Apply(input, weight, Epsilon, output);
        }
        else
        {
            LayerNorm.Apply(input, weight, bias, Epsilon, output);
        }
    }
}
