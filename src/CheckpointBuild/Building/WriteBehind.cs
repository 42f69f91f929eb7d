using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Win32.SafeHandles;

namespace CheckpointBuild.Building;

/// <summary>
/// Sends what was written to the disk while the rest is still being made, so that the flush at the end finds little left to do. One flush runs at a time and nobody waits for it; it promises nothing:
/// the caller's own flush does.
/// </summary>
internal sealed class WriteBehind : IDisposable
{
    // Large enough that the file system's journal commits seldom, small enough that the disk is busy from the first tenth of a second on.
    private const long StepBytes = 128L << 20;

    private readonly SafeFileHandle _handle;
    private readonly Lock _lock = new();
    private long _pending;
    private Task? _flush;

    /// <summary>Follows one file.</summary>
    /// <param name="handle">The file; it stays open until this is disposed.</param>
    public WriteBehind(SafeFileHandle handle) => _handle = handle;

    /// <summary>Counts bytes that were written and starts a flush when enough have come together.</summary>
    /// <param name="bytes">How many.</param>
    public void Add(long bytes)
    {
        lock (_lock)
        {
            _pending += bytes;
            if (_pending < StepBytes || _flush is { IsCompleted: false })
            {
                return;
            }

            _pending = 0;
            _flush = Task.Factory.StartNew(() => RandomAccess.FlushToDisk(_handle), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    /// <summary>Waits until no flush runs.</summary>
    /// <exception cref="IOException">A flush failed: the disk is full or broken.</exception>
    public void Finish() => _flush?.GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Finish();
        }
        catch (IOException)
        {
            // The handle must not be closed under a flush; what that flush says matters to a build that succeeds alone, and Finish told it.
            _flush = null;
        }
    }
}
