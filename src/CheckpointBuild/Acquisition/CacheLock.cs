using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

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

    /// <summary>Takes the lock if it is free.</summary>
    /// <param name="path">The lock's file.</param>
    /// <returns>The lock; null where another holds it.</returns>
    /// <exception cref="CheckpointException">CKPT6030 when the file cannot be made.</exception>
    public static CacheLock? Try(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return TryOpen(path) is { } file ? new CacheLock(file) : null;
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
            bool isNew = !File.Exists(path);
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            if (isNew)
            {
                LetTheGroupUse(file);
            }

            return file;
        }
        catch (IOException e) when (Disk.IsHeldByAnother(e))
        {
            return null;
        }
    }

    // As Python's filelock does, whatever the umask says: a cache may be a team's.
    private static void LetTheGroupUse(FileStream file)
    {
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file.SafeFileHandle, ForTheGroup);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else made it just now; it is his.
        }
    }

    private static bool Close(FileStream second)
    {
        second.Dispose();
        return false;
    }
}
