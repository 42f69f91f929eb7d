using System;
using System.IO;
using CheckpointBuild.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace CheckpointBuild.Tensors;

/// <summary>A file, read by position. Never mapped: a mapped file that somebody truncates would end the process.</summary>
public sealed class FileSource : ByteSource
{
    private readonly SafeFileHandle _handle;

    /// <summary>Opens a file for reading; others may read, replace and delete it meanwhile.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">CKPT1001 when there is none, CKPT1002 when it cannot be opened.</exception>
    public FileSource(string path)
    {
        Name = Path.GetFullPath(path);
        try
        {
            _handle = File.OpenHandle(Name, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            Length = RandomAccess.GetLength(_handle);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Errors.FileNotFound(Name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Errors.CannotRead(Name, e);
        }
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            int count;
            try
            {
                count = RandomAccess.Read(_handle, destination[done..], offset + done);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Errors.CannotRead(Name, e);
            }

            if (count == 0)
            {
                throw Errors.FileEndsEarly(Name, offset, destination.Length, offset + done);
            }

            done += count;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _handle.Dispose();
        base.Dispose(disposing);
    }
}
