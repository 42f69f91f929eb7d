using System;
using System.Globalization;
using System.Threading;

namespace CheckpointBuild.Acquisition;

/// <summary>Adds up what several transfers report.</summary>
/// <param name="observer">Is told.</param>
/// <param name="total">Bytes in all.</param>
internal sealed class FetchCounter(FetchObserver observer, long total)
{
    private long _done;

    /// <summary>Adds bytes.</summary>
    /// <param name="bytes">May be negative.</param>
    public void Add(long bytes) => observer.Progress(Math.Clamp(Interlocked.Add(ref _done, bytes), 0, total), total);

    /// <summary>Says what will be fetched, before the first byte.</summary>
    /// <param name="where">The repository.</param>
    /// <param name="files">How many files.</param>
    /// <param name="bytes">How many bytes.</param>
    /// <returns>The line.</returns>
    public static string Announce(string where, int files, long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{where}: {files} {(files == 1 ? "file" : "files")}, {bytes:N0} bytes to fetch");
}
