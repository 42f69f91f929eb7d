using System;
using System.IO;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>Looks at the disk before the first byte.</summary>
internal static class FreeSpace
{
    // What journals and folders need beside the contents.
    private const long SpareBytes = 1 << 20;

    /// <summary>Checks that bytes will fit.</summary>
    /// <param name="folder">Where they go; may not be there yet.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="freeBytes">Tells how many are free.</param>
    /// <exception cref="CheckpointException">CKPT4003 when they do not, CKPT6030 when the folder cannot be made.</exception>
    public static void Require(string folder, long bytes, Func<string, long> freeBytes)
    {
        try
        {
            Directory.CreateDirectory(folder);
            long free = freeBytes(folder);
            if (free < checked(bytes + SpareBytes))
            {
                throw Errors.DiskFull(folder, bytes, free);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CacheNotWritable(folder, e);
        }
    }
}
