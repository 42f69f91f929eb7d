namespace CheckpointBuild.Tensors;

/// <summary>
/// One role's rows out of a matrix that holds several in turns: the source falls into groups of as many rows, and of each group the same stretch is taken. GPT-NeoX's fused matrix holds for each head its query,
/// key and value rows; the keys are the share that begins after the query's rows in each of <paramref name="Groups"/> groups.
/// </summary>
/// <param name="Count">Rows taken in all.</param>
/// <param name="Groups">How many groups there are.</param>
/// <param name="GroupRows">Rows of a group in the source.</param>
/// <param name="Start">The first row taken, counted in its group.</param>
public sealed record RowShare(long Count, long Groups, long GroupRows, long Start) : RowMap(Count)
{
    /// <inheritdoc/>
    public override long this[long row]
    {
        get
        {
            (long group, long inGroup) = System.Math.DivRem(row, RunLength);
            return (group * GroupRows) + Start + inGroup;
        }
    }

    /// <inheritdoc/>
    public override long RunLength => Count / Groups;

    /// <summary>Takes a share.</summary>
    /// <param name="sourceRows">Rows of the source.</param>
    /// <param name="groups">How many groups there are; divides <paramref name="sourceRows"/> and <paramref name="count"/>.</param>
    /// <param name="start">The first row taken, counted in its group.</param>
    /// <param name="count">Rows taken in all.</param>
    /// <returns>The map; of one group it is a plain slice.</returns>
    public static RowMap Of(long sourceRows, long groups, long start, long count) =>
        groups == 1 ? new RowSlice(start, count) : new RowShare(count, groups, sourceRows / groups, start);

    /// <inheritdoc/>
    public override string ToString() => $"{Start}..{Start + RunLength} of each {GroupRows}";
}
