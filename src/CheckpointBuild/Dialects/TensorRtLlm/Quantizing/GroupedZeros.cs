using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>What a runtime adds to each group: (middle - zero point) · scale, rounded to float16; [groups, out].</summary>
/// <param name="Matrix">The packed matrix.</param>
internal sealed record GroupedZeros(PackedMatrix Matrix) : Tensor(Matrix.Name, DType.F16, Matrix.Scales.Shape)
{
    /// <inheritdoc/>
    public override string Derivation => $"zeros({Matrix.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Matrix];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        Matrix.Scales.Read(rows, destination, workspace);
        Span<Half> values = MemoryMarshal.Cast<byte, Half>(destination.Codes);
        for (int i = 0; i < values.Length; i++)
        {
            (int group, int row) = Math.DivRem(i, Columns);
            values[i] = (Half)((Matrix.Form.Middle - Matrix.ZeroOf(checked((int)rows.Start) + group, row, workspace)) * (float)values[i]);
        }
    }
}
