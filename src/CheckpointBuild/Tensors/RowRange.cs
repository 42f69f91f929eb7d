using System;

namespace CheckpointBuild.Tensors;

/// <summary>A run of rows: [<see cref="Start"/>, <see cref="Start"/> + <see cref="Count"/>).</summary>
public readonly record struct RowRange
{
    /// <summary>Makes a run.</summary>
    /// <param name="start">The first row, at least 0.</param>
    /// <param name="count">How many rows, at least 0 and at most 2^31 - 1: a band always fits in memory.</param>
    public RowRange(long start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Start = start;
        Count = count;
    }

    /// <summary>The first row.</summary>
    public long Start { get; }

    /// <summary>How many rows.</summary>
    public int Count { get; }

    /// <summary>The row after the last.</summary>
    public long End => Start + Count;
}
