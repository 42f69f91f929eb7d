using System;

namespace CheckpointBuild.Tensors;

/// <summary>The inverse of <see cref="InterleavedHalves"/>: output row j·half + i of a head is its source row 2i + j.</summary>
/// <param name="Count">Rows: heads × rows of one head.</param>
/// <param name="HeadRows">Rows of one head, even.</param>
public sealed record SplitHalves(long Count, long HeadRows) : RowMap(Count)
{
    /// <inheritdoc/>
    public override long this[long row]
    {
        get
        {
            (long head, long inHead) = Math.DivRem(row, HeadRows);
            (long half, long pair) = Math.DivRem(inHead, HeadRows / 2);
            return (head * HeadRows) + (2 * pair) + half;
        }
    }

    /// <inheritdoc/>
    public override long RunLength => HeadRows;

    /// <inheritdoc/>
    public override bool Undoes(RowMap inner) => inner is InterleavedHalves interleaved && interleaved.HeadRows == HeadRows && interleaved.Count == Count;

    /// <inheritdoc/>
    public override string ToString() => $"split halves {Count / HeadRows} × {HeadRows}";
}
