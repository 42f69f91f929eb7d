using System;

namespace CheckpointBuild.Tensors.Views;

/// <summary>How much each column of a tensor counts when it is quantized; where a tensor stacks several matrices, each has its own numbers.</summary>
/// <param name="values">[matrices · columns] numbers.</param>
/// <param name="columns">Columns of a row.</param>
/// <param name="rowsPerMatrix">Rows of one matrix.</param>
public sealed class ColumnWeights(float[] values, int columns, long rowsPerMatrix)
{
    /// <summary>The numbers of a row.</summary>
    /// <param name="row">From 0.</param>
    /// <returns>[columns] numbers.</returns>
    public ReadOnlySpan<float> OfRow(long row) => values.AsSpan(checked((int)(row / rowsPerMatrix * columns)), columns);

    /// <summary>How many of the rows from one on have the same numbers.</summary>
    /// <param name="row">From 0.</param>
    /// <returns>At least 1.</returns>
    public long RowsAlike(long row) => rowsPerMatrix - (row % rowsPerMatrix);
}
