using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>A matrix of eight-bit floats (E4M3) with one scale, or one a row: codes times scale, in float32.</summary>
/// <param name="Name">The matrix's name.</param>
/// <param name="Codes">The eight-bit floats, [out, in].</param>
/// <param name="Scale">float32 or a narrower float: one number, or one a row.</param>
/// <param name="InputScale">The scale of activations, where it is known; one number.</param>
/// <param name="CacheScale">The scale of the cache of what this gives, where it is known; one number.</param>
public sealed record ScaledFloat8(string Name, Tensor Codes, Tensor Scale, Tensor? InputScale, Tensor? CacheScale) : Tensor(Name, DType.F32, Codes.Shape)
{
    /// <inheritdoc/>
    public override string Derivation => $"scale({Codes.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Codes, Scale];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ReadOnlySpan<float> scales = MemoryMarshal.Cast<byte, float>(workspace.Resident(Converted.Of(Scale, DType.F32)));
        Span<float> values = MemoryMarshal.Cast<byte, float>(destination.Codes);
        using Band band = Codes.ReadBand(rows, workspace);
        for (int i = 0; i < rows.Count; i++)
        {
            float scale = scales[scales.Length == 1 ? 0 : checked((int)(rows.Start + i))];
            for (int column = i * Columns; column < (i + 1) * Columns; column++)
            {
                values[column] = Float8.Decode(band.Codes[column]) * scale;
            }
        }
    }
}
