using System;
using System.IO;
using System.Runtime.InteropServices;

namespace CheckpointBuild.Tasks.Placing;

/// <summary>Lets a new file share another's blocks where the file system can (Btrfs, XFS): no bytes are moved, and a write to either leaves the other as it was.</summary>
internal static class FileClone
{
    private const ulong CloneRequest = 0x40049409; // FICLONE of linux/fs.h, _IOW(0x94, 9, int)

    private static readonly bool IsLinux = RuntimeInformation.IsOSPlatform(OSPlatform.Linux);

    /// <summary>Makes an empty file a clone of another; false where the system cannot, and the target is still empty.</summary>
    internal static bool TryClone(FileStream source, FileStream target)
    {
        if (!IsLinux)
        {
            return false;
        }

        try
        {
            return IoControl(target.SafeFileHandle, CloneRequest, source.SafeFileHandle) == 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int IoControl(SafeHandle target, ulong request, SafeHandle source);
}
