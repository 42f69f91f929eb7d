using System;

namespace CheckpointBuild.Tensors;

/// <summary>
/// Interleaves the two halves of each head: output row 2i + j of a head is its source row j·half + i. Turns the half-split rotary order of Hugging Face's Llama into the pairwise order
/// that llama.cpp's and Meta's kernels rotate.
/// </summary>
/// <param name="Count">Rows: heads × rows of one head.</param>
/// <param name="HeadRows">Rows of one head, even.</param>
public sealed record InterleavedHalves(long Count, long HeadRows) : RowMap(Count)
{
    /// <inheritdoc/>
    public override long this[long row]
    {
        get
        {
            (long head, long inHead) = Math.DivRem(row, HeadRows);
            return (head * HeadRows) + ((inHead & 1) * (HeadRows / 2)) + (inHead >> 1);
        }
    }

    /// <inheritdoc/>
    public override long RunLength => HeadRows;

    /// <inheritdoc/>
    public override bool Undoes(RowMap inner) => inner is SplitHalves split && split.HeadRows == HeadRows && split.Count == Count;

    /// <inheritdoc/>
    public override string ToString() => $"interleave {Count / HeadRows} × {HeadRows}";
}
