using System;
using System.Collections.Immutable;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>The same numbers in the same order with rows of another length: a vector as a column, a matrix of head norms as one vector.</summary>
/// <param name="Source">A tensor of single numbers (block length 1, one plane).</param>
/// <param name="Shape">The new shape: as many numbers.</param>
public sealed record Reshaped(Tensor Source, Shape Shape) : Tensor(Source.Name, Source.DType, Shape)
{
    /// <inheritdoc/>
    public override string Derivation => Source.Derivation;

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source];

    /// <summary>Gives a tensor another shape; one that it had before is given back as it was.</summary>
    /// <param name="source">The numbers.</param>
    /// <param name="shape">The new shape: as many numbers.</param>
    /// <returns>The numbers in that shape, under the source's name.</returns>
    public static Tensor Of(Tensor source, Shape shape) => source switch
    {
        _ when source.Shape == shape => source,
        Reshaped inner => Of(inner.Source, shape),
        Renamed inner when inner.Name == inner.Source.Name && inner.Source.Shape == shape => inner.Source,
        _ when source.Shape.Columns == shape.Columns && source.Rows == shape.Rows => new Renamed(source.Name, shape, source),
        _ => new Reshaped(source, shape),
    };

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        if (DType.BlockLength != 1)
        {
            throw new InvalidOperationException($"Rows of {DType} lie in blocks and cannot be cut.");
        }

        long first = rows.Start * Columns, count = (long)rows.Count * Columns;
        long firstRow = first / Math.Max(1, Source.Columns);
        long lastRow = (first + count + Source.Columns - 1) / Math.Max(1, Source.Columns);
        using Band band = Source.ReadBand(new RowRange(firstRow, checked((int)(lastRow - firstRow))), workspace);
        int skipped = checked((int)(first - (firstRow * Source.Columns)) * DType.BlockBytes);
        band.Codes.Slice(skipped, destination.Codes.Length).CopyTo(destination.Codes);
    }
}
