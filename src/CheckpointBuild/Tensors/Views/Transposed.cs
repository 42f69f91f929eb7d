using System;
using System.Collections.Immutable;
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

    /// <summary>Transposes a tensor; twice is not at all.</summary>
    /// <param name="source">A tensor of single numbers.</param>
    /// <returns>The transposed tensor under the source's name.</returns>
    public static Tensor Of(Tensor source) => source switch
    {
        Transposed inner => inner.Source,
        _ => new Transposed(source),
    };

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        if (DType.BlockLength != 1)
        {
            throw new InvalidOperationException($"Columns of {DType} lie in blocks and cannot become rows.");
        }

        ReadOnlySpan<byte> source = workspace.Resident(Source);
        int size = DType.BlockBytes;
        long matrixRows = Shape.Dimensions[^2];
        for (int i = 0; i < rows.Count; i++)
        {
            (long matrix, long column) = Math.DivRem(rows.Start + i, matrixRows);
            Span<byte> target = destination.Codes.Slice(i * Columns * size, Columns * size);
            ReadOnlySpan<byte> from = source[checked((int)(((matrix * Columns * matrixRows) + column) * size))..];
            for (int row = 0; row < Columns; row++)
            {
                from.Slice(checked((int)(row * matrixRows * size)), size).CopyTo(target.Slice(row * size, size));
            }
        }
    }
}
