using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>A matrix as integers with one scale a row, in a kernel's order; a row here is the rows of the matrix that stand together.</summary>
/// <remarks>A row's scale is its largest magnitude over 2^(bits-1), in float32; integers are rounded half away from zero and held within the type.</remarks>
/// <param name="Source">The matrix [out, in], in the dtype of the checkpoint: its rounding counts.</param>
/// <param name="Bits">Bits of an integer: 4 or 8.</param>
/// <param name="Order">The kernel's order.</param>
internal sealed record WeightOnlyCodes(Tensor Source, int Bits, KernelOrder Order)
    : Tensor(Source.Name, DTypes.DType.I8, new Shape(Source.Rows / Order.RowsTogether(Bits), Source.Shape.Columns * Order.RowsTogether(Bits) * Bits / 8))
{
    /// <inheritdoc/>
    public override string Derivation => $"int{Bits}({Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source];

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        int together = Order.RowsTogether(Bits), columns = Source.Columns, width = checked((int)RowBytes(0));
        using Band values = workspace.Lend(checked(columns * sizeof(float)));
        using Band integers = workspace.Lend(checked(columns * together));
        Span<float> row = MemoryMarshal.Cast<byte, float>(values.Codes)[..columns];
        Span<sbyte> group = MemoryMarshal.Cast<byte, sbyte>(integers.Codes)[..(columns * together)];
        using Band band = Source.ReadBand(new RowRange(rows.Start * together, rows.Count * together), workspace);
        int bytes = checked((int)Source.RowBytes(0));
        for (int i = 0; i < rows.Count; i++)
        {
            for (int one = 0; one < together; one++)
            {
                Source.DType.Decode(new Planes(band.Codes.Slice(((i * together) + one) * bytes, bytes)), columns, row);
                WeightOnlyRounding.Round(row, Bits, group.Slice(one * columns, columns));
            }

            KernelPacking.Pack(group, columns, Bits, Order, destination.Codes.Slice(i * width, width));
        }
    }
}
