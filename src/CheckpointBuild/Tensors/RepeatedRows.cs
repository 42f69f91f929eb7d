namespace CheckpointBuild.Tensors;

/// <summary>Each run of rows several times in a row: the keys of 2 heads for 4 of them are head 0, 0, 1, 1.</summary>
/// <param name="Count">Rows in all.</param>
/// <param name="Run">Rows that are repeated together; <paramref name="Count"/> is a multiple of it times <paramref name="Times"/>.</param>
/// <param name="Times">How often each run stands there.</param>
public sealed record RepeatedRows(long Count, int Run, int Times) : RowMap(Count)
{
    /// <inheritdoc/>
    public override long this[long row] => (row / RunLength / Times * Run) + (row % Run);

    /// <inheritdoc/>
    public override long RunLength => Run;

    /// <inheritdoc/>
    public override string ToString() => $"each {Run} × {Times}";
}
