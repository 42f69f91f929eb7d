using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>Numbers as eight-bit floats with another scale: each over the scale, rounded to nearest, ties to even.</summary>
/// <param name="Source">The numbers, float32.</param>
/// <param name="Scale">The scale.</param>
internal sealed record Fp8Rescaled(Tensor Source, LargestNumber Scale) : Tensor(Source.Name, DType.F8E4M3, Source.Shape)
{
    /// <inheritdoc/>
    public override string Derivation => $"float8({Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source, Scale];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        float scale = MemoryMarshal.Cast<byte, float>(workspace.Resident(Scale))[0];
        using Band band = Source.ReadBand(rows, workspace);
        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(band.Codes);
        for (int i = 0; i < values.Length; i++)
        {
            destination.Codes[i] = Float8.Encode(values[i] / scale);
        }
    }
}
