using System;
using System.IO;
using System.Runtime.InteropServices;

namespace CheckpointBuild.Tensors;

/// <summary>What the platform says of disks and .NET does not.</summary>
internal static partial class Disk
{
    /// <summary>Flushes a directory, so that the names in it outlive a power loss. Windows has no such call and needs none.</summary>
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

    /// <summary>Whether a file could not be opened because another holds it: that ends by waiting, everything else does not.</summary>
    /// <param name="e">What opening threw.</param>
    /// <returns>True for EWOULDBLOCK of flock on Linux (11) and macOS (35), and for a sharing or lock violation on Windows (32, 33).</returns>
    public static bool IsHeldByAnother(IOException e) => (e.HResult & 0xFFFF) is 11 or 35 or 32 or 33;

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

    /// <summary>Writes a small file in one step: a kill leaves the old one or the new one, and so does a power loss.</summary>
    /// <param name="path">The file; its folder is made.</param>
    /// <param name="temporary">A path on the same disk, gone afterwards.</param>
    /// <param name="bytes">Its content.</param>
    public static void Replace(string path, string temporary, ReadOnlySpan<byte> bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            Flush(Path.GetDirectoryName(path)!);
        }
        finally
        {
            File.Delete(temporary);
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
