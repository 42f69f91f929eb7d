using System;
using System.IO;
using System.Reflection;

namespace CheckpointBuild.Tasks.States;

/// <summary>Follows symbolic links, which netstandard2.0 cannot by itself: caches of the Hugging Face Hub are folders of links, and size and time of a link say nothing about the weights.</summary>
internal static class LinkTarget
{
    // Every modern runtime has the method; .NET Framework, where links are rare, does not and gets the link's own numbers.
    private static readonly MethodInfo? ResolveMethod = typeof(FileSystemInfo).GetMethod("ResolveLinkTarget", [typeof(bool)]);

    /// <summary>Whether the entry is a symbolic link or another kind of reparse point.</summary>
    internal static bool IsLink(FileSystemInfo entry) => (entry.Attributes & FileAttributes.ReparsePoint) != 0;

    /// <summary>Returns the file at the end of a chain of links; the file itself when it is none, or when the chain cannot be followed.</summary>
    internal static FileInfo Resolve(FileInfo file)
    {
        if (ResolveMethod is null || !IsLink(file))
        {
            return file;
        }

        try
        {
            return ResolveMethod.Invoke(file, [true]) as FileInfo ?? file;
        }
        catch (TargetInvocationException exception) when (exception.InnerException is IOException or UnauthorizedAccessException)
        {
            return file;
        }
    }
}
