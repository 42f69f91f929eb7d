using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>What packed integers mean: integer times the row's scale, float32 [out, in].</summary>
/// <param name="Packed">The kernels' order, int8; as many rows of the matrix lie in one of these as the order puts together.</param>
/// <param name="Scales">One for each row of the matrix, [out].</param>
/// <param name="Matrix">The matrix' shape.</param>
/// <param name="Bits">Bits of an integer: 4 or 8.</param>
/// <param name="Order">The order.</param>
internal sealed record WeightOnlyFloats(Tensor Packed, Tensor Scales, Shape Matrix, int Bits, KernelOrder Order) : Tensor(Packed.Name, DType.F32, Matrix)
{
    /// <inheritdoc/>
    public override string Derivation => $"floats({Packed.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Packed, Scales];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        int together = Order.RowsTogether(Bits), columns = Columns;
        float[] scales = new float[Scales.Columns];
        Scales.DType.Decode(new Planes(workspace.Resident(Scales).ToArray()), scales.Length, scales);
        sbyte[] integers = new sbyte[columns * together];
        Span<float> values = MemoryMarshal.Cast<byte, float>(destination.Codes);
        for (long row = rows.Start; row < rows.End;)
        {
            long group = row / together;
            using Band band = Packed.ReadBand(new RowRange(group, 1), workspace);
            KernelPacking.Unpack(band.Codes, columns, Bits, Order, integers);
            for (; row < rows.End && row / together == group; row++)
            {
                for (int column = 0; column < columns; column++)
                {
                    values[(int)(((row - rows.Start) * columns) + column)] = integers[(int)((row % together * columns) + column)] * scales[(int)row];
                }
            }
        }
    }
}
