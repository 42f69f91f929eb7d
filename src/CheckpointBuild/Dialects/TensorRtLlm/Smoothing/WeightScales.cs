using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Smoothing;

/// <summary>What rows of weights are multiplied by: 127 over the largest magnitude, rounded to float16; one a row, or one for each stretch of rows.</summary>
/// <param name="Magnitudes">The rows' largest magnitudes.</param>
/// <param name="Stretches">Rows of each stretch; empty = one scale a row.</param>
internal sealed record WeightScales(RowMagnitudes Magnitudes, ImmutableArray<long> Stretches) : Tensor(Magnitudes.Name, DType.F32, new Shape(Stretches.Length == 1 ? 1 : Magnitudes.Rows, 1))
{
    private const float Most = 127;

    /// <summary>Whether there is one scale for all rows.</summary>
    public bool IsOne => Stretches.Length == 1;

    /// <inheritdoc/>
    public override string Derivation => $"scales({Magnitudes.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Magnitudes];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ReadOnlySpan<float> magnitudes = MemoryMarshal.Cast<byte, float>(workspace.Resident(Magnitudes));
        Span<float> scales = MemoryMarshal.Cast<byte, float>(destination.Codes);
        for (int i = 0; i < rows.Count; i++)
        {
            scales[i] = ScaleOf(magnitudes, checked((int)(rows.Start + i)));
        }
    }

    private float ScaleOf(ReadOnlySpan<float> magnitudes, int row)
    {
        ReadOnlySpan<float> stretch = magnitudes.Slice(row, 1);
        int start = 0;
        foreach (long rows in Stretches)
        {
            if (row < start + rows)
            {
                stretch = magnitudes.Slice(start, (int)rows);
                break;
            }

            start += (int)rows;
        }

        // A number over a tensor is, in the reference's library, the rounded inverse times the number.
        float largest = BitConverter.UInt32BitsToSingle(Magnitude.Largest(stretch));
        return (float)(Half)((float)(Half)(1 / largest) * Most);
    }

    /// <inheritdoc/>
    public bool Equals(WeightScales? other) => base.Equals(other) && Magnitudes == other.Magnitudes && Stretches.AsSpan().SequenceEqual(other.Stretches.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Shape, Magnitudes);
}
