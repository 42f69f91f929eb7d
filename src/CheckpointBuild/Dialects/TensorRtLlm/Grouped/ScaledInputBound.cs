using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Grouped;

/// <summary>The scale that brings inputs, multiplied by their own scales, into FP8's range.</summary>
/// <param name="Scales">The inputs' scales.</param>
/// <param name="Largest">The largest magnitude of each input.</param>
internal sealed record ScaledInputBound(AwqScales Scales, ImmutableArray<float> Largest) : Tensor(Scales.Name, DType.F32, new Shape(1))
{
    /// <inheritdoc/>
    public override string Derivation => $"bound(inputs, {Scales.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Scales];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ReadOnlySpan<float> scales = MemoryMarshal.Cast<byte, float>(workspace.Resident(Scales));
        float most = 0;
        for (int i = 0; i < scales.Length; i++)
        {
            most = Math.Max(most, Largest[i] * scales[i]);
        }

        MemoryMarshal.Cast<byte, float>(destination.Codes)[0] = most == 0 ? 1 : most / Float8.Largest;
    }
}
