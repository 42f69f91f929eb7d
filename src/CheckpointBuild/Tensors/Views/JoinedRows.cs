using System;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>Several tensors of the same dtype and columns, one below the other; or in turns, group by group, each time the next share of every part.</summary>
/// <param name="Name">The joined tensor's name.</param>
/// <param name="Parts">From the top; at least one.</param>
/// <param name="Groups">How many turns there are; divides every part's rows.</param>
public sealed record JoinedRows(string Name, ImmutableArray<Tensor> Parts, int Groups = 1) : Tensor(Name, Parts[0].DType, new Shape(Parts.Sum(p => p.Rows), Parts[0].Shape.Columns))
{
    /// <inheritdoc/>
    public override string Derivation => $"join({(Groups > 1 ? $"{Groups} turns, " : "")}{string.Join(", ", Parts.Select(p => p.Derivation))})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => Parts;

    /// <summary>Joins tensors; one alone, and shares that together are the whole that they were taken from, are not wrapped.</summary>
    /// <param name="name">The joined tensor's name.</param>
    /// <param name="parts">From the top; at least one.</param>
    /// <param name="groups">How many turns there are.</param>
    /// <returns>The joined tensor, a matrix.</returns>
    public static Tensor Of(string name, ImmutableArray<Tensor> parts, int groups) => parts switch
    {
        [var only] => only,
        [SelectedRows first, ..] when AreAllOf(first.Source, parts, groups) => first.Source,
        _ => new JoinedRows(name, parts, groups),
    };

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        long groupRows = Rows / Groups;
        for (long group = rows.Start / groupRows; group * groupRows < rows.End; group++)
        {
            long start = group * groupRows;
            foreach (Tensor part in Parts)
            {
                long share = part.Rows / Groups;
                long from = Math.Max(rows.Start, start);
                long to = Math.Min(rows.End, start + share);
                if (from < to)
                {
                    part.Read(new RowRange((group * share) + from - start, (int)(to - from)), Slice(destination, from - rows.Start, to - from), workspace);
                }

                start += share;
            }
        }
    }

    private static bool AreAllOf(Tensor source, ImmutableArray<Tensor> parts, int groups)
    {
        long start = 0;
        foreach (Tensor part in parts)
        {
            if (part is not SelectedRows selected || !ReferenceEquals(selected.Source, source) || selected.Map != RowShare.Of(source.Rows, groups, start, part.Rows))
            {
                return false;
            }

            start += part.Rows / groups;
        }

        return start * groups == source.Rows;
    }

    private Planes Slice(Planes planes, long row, long count) => new(
        Slice(planes.Codes, 0, row, count),
        DType.PlaneCount > 1 ? Slice(planes.Scales, 1, row, count) : default,
        DType.PlaneCount > 2 ? Slice(planes.ZeroPoints, 2, row, count) : default);

    private Span<byte> Slice(Span<byte> bytes, int plane, long row, long count) => bytes.Slice((int)PlaneBytes(plane, row), (int)PlaneBytes(plane, count));
}
