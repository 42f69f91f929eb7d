using System;
using System.Collections.Immutable;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>Columns of another tensor, chosen and ordered by a map; biases follow the rows of their matrices this way.</summary>
/// <param name="Source">A tensor of single numbers (block length 1, one plane).</param>
/// <param name="Map">Which source column each column is.</param>
public sealed record SelectedColumns(Tensor Source, RowMap Map)
    : Tensor(Source.Name, Source.DType, new Shape([.. Source.Shape.Dimensions[..^1], Map.Count]))
{
    /// <inheritdoc/>
    public override string Derivation => $"columns({Map}, {Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source];

    /// <summary>Selects columns; a selection that undoes the one before gives back what was there.</summary>
    /// <param name="source">A tensor of single numbers.</param>
    /// <param name="map">Which source column each column is.</param>
    /// <returns>The selected columns under the source's name.</returns>
    public static Tensor Of(Tensor source, RowMap map) => source switch
    {
        SelectedColumns inner when map.Undoes(inner.Map) => inner.Source,
        Renamed { Source: SelectedColumns inner } renamed when map.Undoes(inner.Map) => Renamed.Of(inner.Source, renamed.Name),
        _ => new SelectedColumns(source, map),
    };

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        if (DType.BlockLength != 1)
        {
            throw new InvalidOperationException($"Columns of {DType} lie in blocks and cannot be selected.");
        }

        using Band band = Source.ReadBand(rows, workspace);
        int size = DType.BlockBytes;
        int sourceRow = checked((int)Source.RowBytes(0));
        int targetRow = checked((int)RowBytes(0));
        for (int row = 0; row < rows.Count; row++)
        {
            ReadOnlySpan<byte> from = band.Codes.Slice(row * sourceRow, sourceRow);
            Span<byte> to = destination.Codes.Slice(row * targetRow, targetRow);
            for (int column = 0; column < Columns; column++)
            {
                from.Slice((int)Map[column] * size, size).CopyTo(to.Slice(column * size, size));
            }
        }
    }
}
