using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;

namespace CheckpointBuild.Package.Tests.Situations;

/// <summary>A volume of one megabyte that can grow.</summary>
internal sealed class SmallVolume : IDisposable
{
    private SmallVolume(string folder) => Folder = folder;

    /// <summary>Where it is mounted.</summary>
    internal string Folder { get; }

    /// <summary>Mounts one; null where this user may not.</summary>
    internal static SmallVolume? TryMount(string folder)
    {
        Directory.CreateDirectory(folder);
        return OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder) ? new SmallVolume(folder) : null;
    }

    /// <summary>Gives it another size.</summary>
    /// <param name="megabytes">The size.</param>
    internal void Resize(int megabytes) => Run("mount", "-o", string.Create(CultureInfo.InvariantCulture, $"remount,size={megabytes}m"), Folder);

    public void Dispose() => Run("umount", "-l", Folder);

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
