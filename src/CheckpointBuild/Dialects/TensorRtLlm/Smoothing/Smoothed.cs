using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Smoothing;

/// <summary>A float16 matrix whose columns are multiplied, or a norm that is divided, by smoothing scales; products in double, rounded to float32 and then to float16 as the reference's library does.</summary>
/// <param name="Source">A float16 matrix [out, in] or vector [in].</param>
/// <param name="Scales">The scales.</param>
/// <param name="Direction">Whether it is multiplied or divided.</param>
internal sealed record Smoothed(Tensor Source, SmoothingScales Scales, SmoothingDirection Direction) : Tensor(Source.Name, DType.F16, Source.Shape)
{
    /// <inheritdoc/>
    public override string Derivation => $"{(Direction == SmoothingDirection.Multiply ? "multiply" : "divide")}({Source.Derivation}, {Scales.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source, Scales];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ReadOnlySpan<double> scales = MemoryMarshal.Cast<byte, double>(workspace.Resident(Scales));
        Source.Read(rows, destination, workspace);
        Span<Half> values = MemoryMarshal.Cast<byte, Half>(destination.Codes);
        int columns = Columns;
        for (int i = 0; i < values.Length; i++)
        {
            double value = (double)values[i], scale = scales[i % columns];
            values[i] = (Half)(float)(Direction == SmoothingDirection.Multiply ? value * scale : value / scale);
        }
    }
}
