using System;
using System.IO;
using System.Runtime.InteropServices;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Building;

/// <summary>A directory that files are written into: made when absent, checked before any work, flushed at the end.</summary>
internal static partial class OutputDirectory
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

        long free = FreeBytes(directory);
        if (free < bytes + SpareBytes)
        {
            throw Errors.DiskFull(directory, bytes, free);
        }
    }

    /// <summary>Puts the directory's entries on the disk, where the system can.</summary>
    /// <param name="directory">Its full path.</param>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(directory, 0);
        if (descriptor >= 0)
        {
            _ = Sync(descriptor);
            _ = Close(descriptor);
        }
    }

    /// <summary>Bytes that this user may still write there.</summary>
    /// <param name="directory">Its full path.</param>
    /// <returns>The largest number where the system does not say.</returns>
    public static long FreeBytes(string directory)
    {
        try
        {
            return new DriveInfo(directory).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return long.MaxValue;
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
