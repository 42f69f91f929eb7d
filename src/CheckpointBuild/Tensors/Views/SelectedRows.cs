using System;
using System.Collections.Immutable;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>Rows of another tensor, chosen and ordered by a map.</summary>
/// <param name="Source">The rows.</param>
/// <param name="Map">Which source row each row is.</param>
public sealed record SelectedRows(Tensor Source, RowMap Map) : Tensor(Source.Name, Source.DType, Source.Shape.WithRows(Map.Count))
{
    /// <inheritdoc/>
    public override string Derivation => $"rows({Map}, {Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source];

    /// <summary>Selects rows; a selection that undoes the one before gives back what was there.</summary>
    /// <param name="source">A matrix.</param>
    /// <param name="map">Which source row each row is.</param>
    /// <returns>The selected rows under the source's name.</returns>
    public static Tensor Of(Tensor source, RowMap map) => source switch
    {
        SelectedRows inner when map.Undoes(inner.Map) => inner.Source,
        Renamed { Source: SelectedRows inner } renamed when map.Undoes(inner.Map) => Renamed.Of(inner.Source, renamed.Name),
        _ => new SelectedRows(source, map),
    };

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        if (Map is RowSlice slice)
        {
            Source.Read(new RowRange(slice.Start + rows.Start, rows.Count), destination, workspace);
            return;
        }

        // Runs lie together in the source: read each run that the range touches once, then pick its rows out of memory.
        long run = Map.RunLength;
        for (long row = rows.Start; row < rows.End;)
        {
            long runStart = row / run * run;
            long end = Math.Min(rows.End, runStart + run);
            CopyRun(row, end, destination, (int)(row - rows.Start), workspace);
            row = end;
        }
    }

    private void CopyRun(long from, long to, Planes destination, int at, Workspace workspace)
    {
        (long first, long last) = (long.MaxValue, long.MinValue);
        for (long row = from; row < to; row++)
        {
            long sourceRow = Map[row];
            first = Math.Min(first, sourceRow);
            last = Math.Max(last, sourceRow);
        }

        using Band band = Source.ReadBand(new RowRange(first, checked((int)(last - first + 1))), workspace);
        for (int plane = 0; plane < DType.PlaneCount; plane++)
        {
            int bytes = checked((int)RowBytes(plane));
            Span<byte> source = band.Planes[plane];
            Span<byte> target = destination[plane];
            for (long row = from; row < to; row++)
            {
                source.Slice((int)(Map[row] - first) * bytes, bytes).CopyTo(target.Slice((at + (int)(row - from)) * bytes, bytes));
            }
        }
    }
}
