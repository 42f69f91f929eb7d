using System;
using System.IO;

namespace CheckpointBuild.Tests.Acquisition;

/// <summary>Damages files as disks do: no length and no time tells of it.</summary>
internal static class DamagedFile
{
    /// <summary>Turns a bit of a file's last byte; links are followed.</summary>
    /// <param name="path">The file.</param>
    public static void Flip(string path)
    {
        string real = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        DateTime time = File.GetLastWriteTimeUtc(real);
        byte[] bytes = File.ReadAllBytes(real);
        bytes[^1] ^= 1;
        File.WriteAllBytes(real, bytes);
        File.SetLastWriteTimeUtc(real, time);
    }
}
