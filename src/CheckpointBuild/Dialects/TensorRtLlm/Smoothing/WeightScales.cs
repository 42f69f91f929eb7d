using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Smoothing;

/// <summary>What rows of weights are multiplied by: 127 over the largest magnitude, rounded to float16; one a row, or one in all.</summary>
/// <param name="Magnitudes">The rows' largest magnitudes.</param>
/// <param name="IsPerRow">Whether there is one a row.</param>
internal sealed record WeightScales(RowMagnitudes Magnitudes, bool IsPerRow) : Tensor(Magnitudes.Name, DType.F32, new Shape(IsPerRow ? Magnitudes.Rows : 1, 1))
{
    private const float Most = 127;

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
            float largest = IsPerRow ? magnitudes[checked((int)(rows.Start + i))] : BitConverter.UInt32BitsToSingle(Magnitude.Largest(magnitudes));
            // A number over a tensor is, in the reference's library, the rounded inverse times the number.
            scales[i] = (float)(Half)((float)(Half)(1 / largest) * Most);
        }
    }
}
