using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>A matrix out of a quantizer's words, scales and zero points: (integer - zero point) · scale, in float32. The words are kept in memory while it is evaluated.</summary>
/// <param name="Name">The matrix's name.</param>
/// <param name="Words">int32, as <see cref="PackedForm.Order"/> says.</param>
/// <param name="Zeros">int32, [groups, out / n].</param>
/// <param name="Scales">float16, [groups, out].</param>
/// <param name="Form">How it is packed.</param>
/// <param name="Outputs">Rows of the matrix, out.</param>
/// <param name="Inputs">Columns of the matrix, in.</param>
public sealed record PackedMatrix(string Name, Tensor Words, Tensor Zeros, Tensor Scales, PackedForm Form, long Outputs, long Inputs) : Tensor(Name, DType.F32, new Shape(Outputs, Inputs))
{
    // Of eight neighbours in a word of AWQ: at which place each stands.
    private static readonly ImmutableArray<int> PlacesOfEight = [0, 4, 1, 5, 2, 6, 3, 7];

    /// <inheritdoc/>
    public override string Derivation => $"unpack({Form.Bits} bits, groups of {Form.GroupSize}, {Words.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Words, Zeros, Scales];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ReadOnlySpan<Half> scales = MemoryMarshal.Cast<byte, Half>(workspace.Resident(Scales));
        Span<float> values = MemoryMarshal.Cast<byte, float>(destination.Codes);
        using Band integers = workspace.Lend(Columns);
        for (int i = 0; i < rows.Count; i++)
        {
            int row = checked((int)(rows.Start + i));
            Unpack(row, integers.Codes, workspace);
            for (int column = 0; column < Columns; column++)
            {
                int group = column / Form.GroupSize;
                values[(i * Columns) + column] = (integers.Codes[column] - ZeroOf(group, row, workspace)) * (float)scales[checked((int)((group * Outputs) + row))];
            }
        }
    }

    /// <summary>The integers of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="integers">Receives them, [in].</param>
    /// <param name="workspace">Keeps the words.</param>
    public void Unpack(int row, Span<byte> integers, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(workspace.Resident(Words));
        int count = Form.PerWord, outputs = checked((int)Outputs);
        uint mask = (1u << Form.Bits) - 1;
        for (int column = 0; column < Columns; column++)
        {
            (int at, int place) = Form.Order == PackedOrder.AlongInputs
                ? ((column / count * outputs) + row, column % count)
                : ((column * (outputs / count)) + (row / count), PlaceOf(row % count));
            integers[column] = (byte)((words[at] >> (place * Form.Bits)) & mask);
        }
    }

    /// <summary>The zero point of a group of a row.</summary>
    /// <param name="group">The group.</param>
    /// <param name="row">The row.</param>
    /// <param name="workspace">Keeps the words.</param>
    /// <returns>The integer that means 0. Where the quantizer says that zero points are the middle and one below or on it is stored, it is the middle, whichever convention the file is labelled with.</returns>
    public int ZeroOf(int group, int row, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ReadOnlySpan<uint> zeros = MemoryMarshal.Cast<byte, uint>(workspace.Resident(Zeros));
        int count = Form.PerWord;
        int place = Form.Order == PackedOrder.AlongInputs ? row % count : PlaceOf(row % count);
        int stored = (int)((zeros[checked((int)((group * (Outputs / count)) + (row / count)))] >> (place * Form.Bits)) & ((1u << Form.Bits) - 1));
        return Form.IsSymmetric && (stored == Form.Middle || stored == Form.Middle - 1) ? Form.Middle : stored + Form.ZeroOffset;
    }

    private int PlaceOf(int neighbour) => Form.Bits == 4 ? PlacesOfEight[neighbour] : neighbour;
}
