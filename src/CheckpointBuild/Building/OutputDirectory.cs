using System;
using System.IO;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building;

/// <summary>A directory that files are written into: made when absent, checked before any work, flushed at the end.</summary>
internal static class OutputDirectory
{
    // What journals and directories may need beside the files themselves.
    private const long SpareBytes = 1 << 20;

    /// <summary>Makes the directory and checks that the files will fit.</summary>
    /// <param name="directory">Its full path.</param>
    /// <param name="bytes">What will be written.</param>
    /// <exception cref="CheckpointException">CKPT4001 when it cannot be a directory, CKPT4002 when it cannot be written, CKPT4003 when the disk is too full.</exception>
    public static void Prepare(string directory, long bytes)
    {
        if (File.Exists(directory))
        {
            throw Errors.OutputIsFile(directory);
        }

        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CannotWrite(directory, e);
        }

        long free = Disk.FreeBytes(directory);
        if (free < bytes + SpareBytes)
        {
            throw Errors.DiskFull(directory, bytes, free);
        }
    }
}
