using System;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.InteropServices;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>A tensor that looks at a part of stored numbers, in steps: a slice, a transposed or an expanded matrix. Where columns lie side by side its rows are read straight from the file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Storage">All the numbers: one row of a plain dtype.</param>
/// <param name="Start">Its first number.</param>
/// <param name="Strides">For each dimension how many numbers lie from one index to the next, none negative; every number of the view lies in the storage.</param>
public sealed record StorageView(string Name, Shape Shape, Stored Storage, long Start, ImmutableArray<long> Strides) : Tensor(Name, Storage.DType, Shape)
{
    /// <inheritdoc/>
    public override string Derivation => $"view({System.IO.Path.GetFileName(Storage.Source.Name)}:{Name}, start {Start}, strides [{string.Join(", ", Strides)}])";

    /// <inheritdoc/>
    public override bool KeepsResidents => !ColumnsTouch;

    /// <inheritdoc/>
    public bool Equals(StorageView? other) =>
        other is not null && Name == other.Name && Shape == other.Shape && Storage == other.Storage && Start == other.Start && Strides.SequenceEqual(other.Strides);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Shape, Start, Storage.Offset);

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        if (ColumnsTouch)
        {
            ReadRuns(rows, destination.Codes);
            return;
        }

        ReadOnlySpan<byte> span = workspace.Resident(Span());
        switch (DType.BlockBytes)
        {
            case 1:
                Gather(span, rows, destination.Codes);
                break;
            case 2:
                Gather(MemoryMarshal.Cast<byte, ushort>(span), rows, MemoryMarshal.Cast<byte, ushort>(destination.Codes));
                break;
            case 4:
                Gather(MemoryMarshal.Cast<byte, uint>(span), rows, MemoryMarshal.Cast<byte, uint>(destination.Codes));
                break;
            case 8:
                Gather(MemoryMarshal.Cast<byte, ulong>(span), rows, MemoryMarshal.Cast<byte, ulong>(destination.Codes));
                break;
            default:
                Gather(MemoryMarshal.Cast<byte, UInt128>(span), rows, MemoryMarshal.Cast<byte, UInt128>(destination.Codes));
                break;
        }
    }

    private bool ColumnsTouch => Shape.Rank == 0 || Shape.Columns <= 1 || Strides[^1] == 1;

    // Rows that follow each other in the file are one read.
    private void ReadRuns(RowRange rows, Span<byte> destination)
    {
        int rowBytes = checked((int)RowBytes(0));
        for (int first = 0, next; first < rows.Count; first = next)
        {
            long start = StartOf(rows.Start + first);
            next = first + 1;
            while (next < rows.Count && StartOf(rows.Start + next) == start + ((long)(next - first) * Columns))
            {
                next++;
            }

            Storage.Source.Read(Storage.Offset + (start * DType.BlockBytes), destination[(first * rowBytes)..(next * rowBytes)]);
        }
    }

    private void Gather<T>(ReadOnlySpan<T> span, RowRange rows, Span<T> destination)
    {
        long step = Strides[^1];
        for (int row = 0; row < rows.Count; row++)
        {
            long from = StartOf(rows.Start + row) - Start;
            foreach (ref T to in destination.Slice(row * Columns, Columns))
            {
                to = span[(int)from];
                from += step;
            }
        }
    }

    // The least stretch that holds every number of the view.
    private Stored Span()
    {
        long count = 1;
        for (int i = 0; i < Shape.Rank; i++)
        {
            count += (Shape.Dimensions[i] - 1) * Strides[i];
        }

        return count * DType.BlockBytes <= int.MaxValue
            ? Storage with { Shape = new Shape(count), Offset = Storage.Offset + (Start * DType.BlockBytes) }
            : throw Errors.TensorSpan(Storage.Source.Name, Name, count * DType.BlockBytes);
    }

    private long StartOf(long row)
    {
        long start = Start;
        for (int i = Shape.Rank - 2; i >= 0; i--)
        {
            (row, long index) = Math.DivRem(row, Shape.Dimensions[i]);
            start += index * Strides[i];
        }

        return start;
    }
}
