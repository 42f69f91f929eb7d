using System;
using System.Threading;

namespace CheckpointBuild.Building;

/// <summary>Counts bytes over all files and threads, and reports at each further percent.</summary>
/// <param name="total">Bytes in all.</param>
/// <param name="report">Receives bytes done and bytes in all.</param>
internal sealed class BuildProgress(long total, Action<long, long>? report)
{
    private long _done;

    /// <summary>Adds bytes that were written.</summary>
    /// <param name="bytes">How many.</param>
    public void Add(long bytes)
    {
        long after = Interlocked.Add(ref _done, bytes);
        long step = Math.Max(1, total / 100);
        if (report is not null && (after - bytes) / step != after / step)
        {
            report(after, total);
        }
    }
}
