namespace CheckpointBuild.Tensors;

/// <summary>Rows [<paramref name="Start"/>, <paramref name="Start"/> + <paramref name="Count"/>) of the source.</summary>
/// <param name="Start">The first source row.</param>
/// <param name="Count">How many.</param>
public sealed record RowSlice(long Start, long Count) : RowMap(Count)
{
    /// <inheritdoc/>
    public override long this[long row] => Start + row;

    /// <inheritdoc/>
    public override long RunLength => Count;

    /// <inheritdoc/>
    public override string ToString() => $"{Start}..{Start + Count}";
}
