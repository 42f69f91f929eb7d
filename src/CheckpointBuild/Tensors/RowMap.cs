namespace CheckpointBuild.Tensors;

/// <summary>Which source row each output row is: arithmetic, never a table.</summary>
/// <param name="Count">How many output rows there are.</param>
public abstract record RowMap(long Count)
{
    /// <summary>The source row that output row <paramref name="row"/> is.</summary>
    /// <param name="row">From 0 to <see cref="Count"/> - 1.</param>
    /// <returns>A row of the source.</returns>
    public abstract long this[long row] { get; }

    /// <summary>How many rows lie together: output rows [k·run, (k+1)·run) come from one contiguous stretch of the source of the same length, in some order.</summary>
    public abstract long RunLength { get; }

    /// <summary>Whether <paramref name="inner"/>, applied first, is undone by this map.</summary>
    /// <param name="inner">The map that was applied before.</param>
    /// <returns>True when the two together leave every row where it was.</returns>
    public virtual bool Undoes(RowMap inner) => false;
}
