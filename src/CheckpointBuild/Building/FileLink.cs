using System;
using System.IO;
using System.Runtime.InteropServices;

namespace CheckpointBuild.Building;

/// <summary>A second name of a finished file, or else a copy, which the file system may make by sharing its blocks.</summary>
internal static partial class FileLink
{
    /// <summary>Gives a file of this volume a second name where that can be, and copies it to the disk where not.</summary>
    /// <param name="existing">The full path of the file.</param>
    /// <param name="added">The full path of the new name, which is not there.</param>
    public static void LinkOrCopy(string existing, string added)
    {
        bool linked = OperatingSystem.IsWindows() ? CreateHardLink(added, existing, IntPtr.Zero) : Link(existing, added) == 0;
        if (!linked)
        {
            File.Copy(existing, added);
            using FileStream copy = new(added, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1);
            copy.Flush(flushToDisk: true);
        }
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string existing, string added);

    [LibraryImport("kernel32.dll", EntryPoint = "CreateHardLinkW", StringMarshalling = StringMarshalling.Utf16)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string added, string existing, IntPtr security);
}
