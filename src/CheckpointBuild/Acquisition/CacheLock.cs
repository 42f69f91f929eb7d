using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>One process at a time fetches a content. The lock is the official client's: the same empty file, locked by the same call of the system.</summary>
/// <remarks>On Unix .NET opens a file that nobody may share by locking it with flock, which is what Python's clients do. Where a file system has no such locks, .NET says nothing: <see cref="Works"/> finds out.</remarks>
internal sealed class CacheLock : IDisposable
{
    private const UnixFileMode ForTheGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private readonly FileStream _file;

    private CacheLock(FileStream file) => _file = file;

    /// <summary>Whether the lock keeps others out.</summary>
    public bool Works => TryOpen(_file.Name) is not { } second || Close(second);

    /// <summary>Waits until the lock is free and takes it.</summary>
    /// <param name="path">The lock's file.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The lock; dispose it to let others in.</returns>
    /// <exception cref="CheckpointException">CKPT6030 when the file cannot be made.</exception>
    public static async Task<CacheLock> TakeAsync(string path, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                if (TryOpen(path) is { } file)
                {
                    return new CacheLock(file);
                }

                await Task.Delay(Poll, cancellation);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CacheNotWritable(path, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static FileStream? TryOpen(string path)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = ForTheGroup;
            }

            return new FileStream(path, options);
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) is 11 or 35 or 32 or 33)
        {
            // EWOULDBLOCK of flock on Linux and macOS; a sharing or lock violation on Windows.
            return null;
        }
    }

    private static bool Close(FileStream second)
    {
        second.Dispose();
        return false;
    }
}
