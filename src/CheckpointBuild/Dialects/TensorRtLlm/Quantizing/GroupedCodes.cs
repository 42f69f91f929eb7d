using System;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>Integers out of a quantizer's words, in a kernel's order, labelled as 16-bit floats; a row here is the rows of the matrix that stand together.</summary>
/// <param name="Parts">Runs of rows of packed matrices, one below the other.</param>
/// <param name="ColumnsTaken">The columns that the rank has.</param>
/// <param name="Order">The kernel's order.</param>
/// <param name="Label">The dtype that the bytes are labelled with.</param>
internal sealed record GroupedCodes(ImmutableArray<PackedRows> Parts, RowSlice ColumnsTaken, KernelOrder Order, DType Label)
    : Tensor(Parts[0].Matrix.Name, Label, new Shape(Parts.Sum(p => p.Rows.Count) / Order.RowsTogether(Parts[0].Bits), ColumnsTaken.Count * Order.RowsTogether(Parts[0].Bits) * Parts[0].Bits / 16))
{
    /// <inheritdoc/>
    public override string Derivation => $"repack({string.Join(", ", Parts.Select(p => p.Matrix.Derivation))})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [.. Parts.Select(p => p.Matrix)];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        int bits = Parts[0].Bits, together = Order.RowsTogether(bits), columns = checked((int)ColumnsTaken.Count), width = checked((int)RowBytes(0));
        using Band unpacked = workspace.Lend(checked((int)Parts.Max(p => p.Matrix.Inputs)));
        using Band integers = workspace.Lend(checked(columns * together));
        Span<sbyte> group = MemoryMarshal.Cast<byte, sbyte>(integers.Codes)[..(columns * together)];
        for (int i = 0; i < rows.Count; i++)
        {
            for (int one = 0; one < together; one++)
            {
                (PackedMatrix matrix, int row) = Find(((rows.Start + i) * together) + one);
                matrix.Unpack(row, unpacked.Codes[..(int)matrix.Inputs], workspace);
                for (int column = 0; column < columns; column++)
                {
                    group[(one * columns) + column] = (sbyte)(unpacked.Codes[(int)ColumnsTaken.Start + column] - matrix.Form.Middle);
                }
            }

            KernelPacking.Pack(group, columns, bits, Order, destination.Codes.Slice(i * width, width));
        }
    }

    private (PackedMatrix Matrix, int Row) Find(long row)
    {
        foreach (PackedRows part in Parts)
        {
            if (row < part.Rows.Count)
            {
                return (part.Matrix, checked((int)(part.Rows.Start + row)));
            }

            row -= part.Rows.Count;
        }

        throw new ArgumentOutOfRangeException(nameof(row));
    }
}
