using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>Rows become columns; of three dimensions each matrix by itself. The source is kept in memory while the tensor is evaluated.</summary>
/// <param name="Source">A tensor of single numbers (block length 1, one plane) with two or three dimensions.</param>
public sealed record Transposed(Tensor Source)
    : Tensor(Source.Name, Source.DType, new Shape([.. Source.Shape.Dimensions[..^2], Source.Shape.Dimensions[^1], Source.Shape.Dimensions[^2]]))
{
    /// <inheritdoc/>
    public override string Derivation => $"transpose({Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source];

    /// <inheritdoc/>
    public override bool KeepsResidents => true;

    /// <summary>Transposes a tensor; twice is not at all. What lies in blocks becomes float32 first.</summary>
    /// <param name="source">A tensor of two or three dimensions.</param>
    /// <returns>The transposed tensor under the source's name.</returns>
    public static Tensor Of(Tensor source) => source switch
    {
        Transposed inner => inner.Source,
        { DType.BlockLength: 1, DType.PlaneCount: 1 } => new Transposed(source),
        _ => new Transposed(Converted.Of(source, DType.F32)),
    };

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ReadOnlySpan<byte> source = workspace.Resident(Source);
        switch (DType.BlockBytes)
        {
            case 1:
                Gather(source, rows, destination.Codes);
                break;
            case 2:
                Gather(MemoryMarshal.Cast<byte, ushort>(source), rows, MemoryMarshal.Cast<byte, ushort>(destination.Codes));
                break;
            case 4:
                Gather(MemoryMarshal.Cast<byte, uint>(source), rows, MemoryMarshal.Cast<byte, uint>(destination.Codes));
                break;
            case 8 when DType.BlockLength == 1:
                Gather(MemoryMarshal.Cast<byte, ulong>(source), rows, MemoryMarshal.Cast<byte, ulong>(destination.Codes));
                break;
            default:
                throw new InvalidOperationException($"Columns of {DType} cannot become rows.");
        }
    }

    // Row after row of the source, so that each of its lines of cache is read once for all rows wanted.
    private void Gather<T>(ReadOnlySpan<T> source, RowRange rows, Span<T> destination)
    {
        int columns = Columns;
        long matrixRows = Shape.Dimensions[^2];
        for (int done = 0; done < rows.Count;)
        {
            (long matrix, long first) = Math.DivRem(rows.Start + done, matrixRows);
            int count = (int)Math.Min(rows.Count - done, matrixRows - first);
            for (int column = 0; column < columns; column++)
            {
                ReadOnlySpan<T> from = source.Slice(checked((int)((((matrix * columns) + column) * matrixRows) + first)), count);
                for (int i = 0; i < from.Length; i++)
                {
                    destination[((done + i) * columns) + column] = from[i];
                }
            }

            done += count;
        }
    }
}
