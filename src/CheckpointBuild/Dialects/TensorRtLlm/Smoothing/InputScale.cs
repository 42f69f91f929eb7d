using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Smoothing;

/// <summary>What a module's inputs are multiplied by to become integers: 127 over their largest magnitude after smoothing.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Activations">The largest magnitude of each input.</param>
/// <param name="Scales">What inputs are divided by; null = nothing.</param>
internal sealed record InputScale(string Name, ImmutableArray<float> Activations, SmoothingScales? Scales) : Tensor(Name, DType.F64, new Shape(1))
{
    private const double Most = 127;

    /// <inheritdoc/>
    public override string Derivation => "computed(scale of inputs)";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => Scales is null ? [] : [Scales];

    /// <inheritdoc/>
    public override bool KeepsResidents => Scales is not null;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ReadOnlySpan<double> scales = Scales is null ? default : MemoryMarshal.Cast<byte, double>(workspace.Resident(Scales));
        double largest = 0;
        for (int i = 0; i < Activations.Length; i++)
        {
            largest = Math.Max(largest, scales.IsEmpty ? Activations[i] : Activations[i] / scales[i]);
        }

        MemoryMarshal.Cast<byte, double>(destination.Codes)[0] = Most / largest;
    }
}
