using System;
using System.Collections.Immutable;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>A matrix put together row by row from another one's rows: what lies on a grid as a list, and the other way round.</summary>
/// <param name="Source">The rows, of a dtype with one plane whose zero is all bits clear.</param>
/// <param name="From">For each row the source's row, or <see cref="Nowhere"/>.</param>
/// <param name="Elsewhere">Gives the rows that come from nowhere: as many rows as the result has, in the same dtype; null = they are zeros.</param>
public sealed record PlacedRows(Tensor Source, ImmutableArray<long> From, Tensor? Elsewhere) : Tensor(Source.Name, Source.DType, new Shape(From.Length, Source.Shape.Columns))
{
    /// <summary>Marks a row that none of the source's is.</summary>
    public const long Nowhere = -1;

    /// <inheritdoc/>
    public override string Derivation => $"place({From.Length} rows of {Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => Elsewhere is null ? [Source] : [Source, Elsewhere];

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        int bytes = checked((int)RowBytes(0));
        for (int i = 0; i < rows.Count; i++)
        {
            long from = From[checked((int)(rows.Start + i))];
            Span<byte> row = destination.Codes.Slice(i * bytes, bytes);
            if (from != Nowhere)
            {
                Source.Read(new RowRange(from, 1), new Planes(row), workspace);
            }
            else if (Elsewhere is not null)
            {
                Elsewhere.Read(new RowRange(rows.Start + i, 1), new Planes(row), workspace);
            }
            else
            {
                row.Clear();
            }
        }
    }
}
