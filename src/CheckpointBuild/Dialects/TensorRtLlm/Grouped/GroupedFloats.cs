using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Grouped;

/// <summary>What four-bit codes mean: code times the group's scale times the input's scale, float32.</summary>
/// <param name="Codes">Codes, two rows to a byte, [out / 2, in].</param>
/// <param name="Scales">Scales of groups, float32 [out, in / size].</param>
/// <param name="Inputs">Scales of inputs, [in].</param>
internal sealed record GroupedFloats(Tensor Codes, Tensor Scales, Tensor Inputs) : Tensor(Codes.Name, DType.F32, new Shape(2 * Codes.Rows, Codes.Columns))
{
    /// <inheritdoc/>
    public override string Derivation => $"floats({Codes.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Codes, Scales, Inputs];

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        int columns = Columns, size = columns / Scales.Columns;
        float[] inputs = new float[columns];
        using (Band band = Inputs.ReadBand(new RowRange(0, 1), workspace))
        {
            Inputs.DType.Decode(new Planes(band.Codes), columns, inputs);
        }

        Span<float> values = MemoryMarshal.Cast<byte, float>(destination.Codes);
        using Band scaleBand = Scales.ReadBand(rows, workspace);
        ReadOnlySpan<float> scales = MemoryMarshal.Cast<byte, float>(scaleBand.Codes);
        for (int i = 0; i < rows.Count; i++)
        {
            long row = rows.Start + i;
            using Band band = Codes.ReadBand(new RowRange(row / 2, 1), workspace);
            for (int column = 0; column < columns; column++)
            {
                // Sign-extended from the row's half of the byte.
                int code = row % 2 == 0 ? (sbyte)(band.Codes[column] << 4) >> 4 : (sbyte)band.Codes[column] >> 4;
                values[(i * columns) + column] = code * scales[(i * Scales.Columns) + (column / size)] * inputs[column];
            }
        }
    }
}
