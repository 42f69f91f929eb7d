using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Smoothing;

/// <summary>What an integer product is multiplied by: back to floats where activations have their scale token by token, else on to the integers of the output.</summary>
/// <param name="Weights">The scales of weights.</param>
/// <param name="RowCount">How many rows; one scale for all stands in each.</param>
/// <param name="Input">The scale of inputs; null = it comes token by token.</param>
/// <param name="Output">The largest magnitude of the output.</param>
internal sealed record OutputScale(WeightScales Weights, long RowCount, InputScale? Input, float Output) : Tensor(Weights.Name, DType.F32, new Shape(RowCount, 1))
{
    private const float Most = 127;

    private bool InDouble => Weights.IsOne && Input?.Scales is not null;

    /// <inheritdoc/>
    public override string Derivation => $"output scales({Weights.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => Input is null ? [Weights] : [Weights, Input];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ReadOnlySpan<float> weights = MemoryMarshal.Cast<byte, float>(workspace.Resident(Weights));
        ReadOnlySpan<double> input = Input is null ? default : MemoryMarshal.Cast<byte, double>(workspace.Resident(Input));
        Span<float> scales = MemoryMarshal.Cast<byte, float>(destination.Codes);
        for (int i = 0; i < rows.Count; i++)
        {
            float weight = weights[weights.Length == 1 ? 0 : checked((int)(rows.Start + i))];
            scales[i] = Input is null ? (float)(Half)(1 / weight) : OnToIntegers(input, weight);
        }
    }

    // In float32 where there is a vector; of single numbers, one of which is a double, in double.
    private float OnToIntegers(ReadOnlySpan<double> input, float weight)
    {
        float output = 1 / Output * Most;
        return InDouble ? (float)(output / (input[0] * weight)) : output / ((float)input[0] * weight);
    }
}
