using System;
using System.Runtime.InteropServices;

namespace CheckpointBuild.Tasks.Placing;

/// <summary>Gives a file a second name on the same volume.</summary>
internal static class FileLink
{
    private static readonly bool IsWindows = RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    /// <summary>Makes the second name; false where the file system cannot, which is always so across volumes.</summary>
    internal static bool TryCreate(string existing, string added)
    {
        try
        {
            return IsWindows ? CreateHardLink(added, existing, IntPtr.Zero) : Link(Utf8(existing), Utf8(added)) == 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    private static byte[] Utf8(string path) => System.Text.Encoding.UTF8.GetBytes(path + '\0');

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link(byte[] existing, byte[] added);

    [DllImport("kernel32.dll", EntryPoint = "CreateHardLinkW", CharSet = CharSet.Unicode, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool CreateHardLink(string added, string existing, IntPtr security);
}
