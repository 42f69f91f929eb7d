using System;
using System.Collections.Generic;

namespace CheckpointBuild.Acquisition;

/// <summary>Which bytes of a file are there: disjoint runs in order. Not safe for several threads.</summary>
internal sealed class RangeSet
{
    private readonly List<ByteRange> _runs = [];

    /// <summary>The runs, in order.</summary>
    public IReadOnlyList<ByteRange> Runs => _runs;

    /// <summary>Bytes that are there.</summary>
    public long Total { get; private set; }

    /// <summary>Bytes that are there from the beginning without a gap.</summary>
    public long Frontier => _runs.Count > 0 && _runs[0].Start == 0 ? _runs[0].End : 0;

    /// <summary>Adds a run; it may overlap others.</summary>
    /// <param name="range">The run.</param>
    public void Add(ByteRange range)
    {
        if (range.Length <= 0)
        {
            return;
        }

        int first = _runs.FindIndex(r => r.End >= range.Start);
        if (first < 0)
        {
            _runs.Add(range);
            Total += range.Length;
            return;
        }

        int behind = first;
        long start = range.Start;
        long end = range.End;
        for (; behind < _runs.Count && _runs[behind].Start <= end; behind++)
        {
            start = Math.Min(start, _runs[behind].Start);
            end = Math.Max(end, _runs[behind].End);
            Total -= _runs[behind].Length;
        }

        _runs.RemoveRange(first, behind - first);
        _runs.Insert(first, new ByteRange(start, end));
        Total += end - start;
    }

    /// <summary>Whether all of a run is there.</summary>
    /// <param name="range">The run.</param>
    /// <returns>True when no byte of it is missing.</returns>
    public bool Has(ByteRange range)
    {
        // The last run that begins at or before the range's first byte is the only one that can hold it.
        (int low, int high) = (0, _runs.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _runs[middle].Start <= range.Start ? (middle + 1, high) : (low, middle);
        }

        return range.Length <= 0 || (low > 0 && _runs[low - 1].End >= range.End);
    }

    /// <summary>The parts of a run that are not there, in order.</summary>
    /// <param name="range">The run.</param>
    /// <returns>The gaps.</returns>
    public IReadOnlyList<ByteRange> Missing(ByteRange range)
    {
        var gaps = new List<ByteRange>();
        long at = range.Start;
        foreach (ByteRange run in _runs)
        {
            if (run.Start >= range.End)
            {
                break;
            }

            if (run.Start > at)
            {
                gaps.Add(new ByteRange(at, run.Start));
            }

            at = Math.Max(at, run.End);
        }

        if (at < range.End)
        {
            gaps.Add(new ByteRange(at, range.End));
        }

        return gaps;
    }
}
