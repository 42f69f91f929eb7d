using System;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>Several tensors of the same dtype and columns, one below the other.</summary>
/// <param name="Name">The joined tensor's name.</param>
/// <param name="Parts">From the top; at least one.</param>
public sealed record JoinedRows(string Name, ImmutableArray<Tensor> Parts) : Tensor(Name, Parts[0].DType, new Shape(Parts.Sum(p => p.Rows), Parts[0].Shape.Columns))
{
    /// <inheritdoc/>
    public override string Derivation => $"join({string.Join(", ", Parts.Select(p => p.Derivation))})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => Parts;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        long partStart = 0;
        foreach (Tensor part in Parts)
        {
            long from = Math.Max(rows.Start, partStart);
            long to = Math.Min(rows.End, partStart + part.Rows);
            if (from < to)
            {
                part.Read(new RowRange(from - partStart, (int)(to - from)), Slice(destination, from - rows.Start, to - from), workspace);
            }

            partStart += part.Rows;
        }
    }

    private Planes Slice(Planes planes, long row, long count) => new(
        Slice(planes.Codes, 0, row, count),
        DType.PlaneCount > 1 ? Slice(planes.Scales, 1, row, count) : default,
        DType.PlaneCount > 2 ? Slice(planes.ZeroPoints, 2, row, count) : default);

    private Span<byte> Slice(Span<byte> bytes, int plane, long row, long count) => bytes.Slice((int)PlaneBytes(plane, row), (int)PlaneBytes(plane, count));
}
