using System;
using System.Collections.Immutable;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>A matrix with zeros added below and to the right: a vocabulary that the ranks divide, dimensions that a kernel's tiles divide.</summary>
/// <param name="Source">A matrix of single numbers (block length 1, one plane) whose zero is all bits clear.</param>
/// <param name="RowCount">Rows with the zeros; at least the source's.</param>
/// <param name="ColumnCount">Columns with the zeros; at least the source's.</param>
public sealed record Padded(Tensor Source, long RowCount, long ColumnCount) : Tensor(Source.Name, Source.DType, new Shape(RowCount, ColumnCount))
{
    /// <inheritdoc/>
    public override string Derivation => $"pad({RowCount} × {ColumnCount}, {Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source];

    /// <summary>Adds zeros; none are added where there is nothing to add.</summary>
    /// <param name="source">A matrix.</param>
    /// <param name="rows">Rows wanted.</param>
    /// <param name="columns">Columns wanted.</param>
    /// <returns>The padded matrix under the source's name.</returns>
    public static Tensor Of(Tensor source, long rows, long columns)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Rows == rows && source.Shape.Columns == columns ? source : new Padded(source, rows, columns);
    }

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        int count = (int)Math.Clamp(Source.Rows - rows.Start, 0, rows.Count);
        int bytes = checked((int)Source.RowBytes(0)), width = checked((int)RowBytes(0));
        destination.Codes.Clear();
        if (count == 0)
        {
            return;
        }

        using Band band = Source.ReadBand(new RowRange(rows.Start, count), workspace);
        for (int row = 0; row < count; row++)
        {
            band.Codes.Slice(row * bytes, bytes).CopyTo(destination.Codes[(row * width)..]);
        }
    }
}
