using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Grouped;

/// <summary>A float32 matrix whose columns are divided by scales.</summary>
/// <param name="Source">The matrix, float32 [out, in].</param>
/// <param name="Scales">The scales, float32 [in].</param>
internal sealed record ScaledColumns(Tensor Source, AwqScales Scales) : Tensor(Source.Name, DType.F32, Source.Shape)
{
    /// <inheritdoc/>
    public override string Derivation => $"divide({Source.Derivation}, {Scales.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source, Scales];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ReadOnlySpan<float> scales = MemoryMarshal.Cast<byte, float>(workspace.Resident(Scales));
        Source.Read(rows, destination, workspace);
        Span<float> values = MemoryMarshal.Cast<byte, float>(destination.Codes);
        int columns = Columns;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] /= scales[i % columns];
        }
    }
}
