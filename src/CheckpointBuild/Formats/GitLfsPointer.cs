using System;
using System.Buffers.Text;

namespace CheckpointBuild.Formats;

/// <summary>The small text that Git leaves in place of a large file that it did not fetch.</summary>
/// <remarks>Layout: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md.</remarks>
internal static class GitLfsPointer
{
    /// <summary>Pointers are shorter than this many bytes.</summary>
    internal const int LengthLimit = 1024;

    private static ReadOnlySpan<byte> Version => "version https://git-lfs.github.com/spec/"u8;

    private static ReadOnlySpan<byte> Size => "\nsize "u8;

    /// <summary>Recognizes a pointer.</summary>
    /// <param name="text">The beginning of the file.</param>
    /// <returns>Whether it is one.</returns>
    internal static bool Recognizes(ReadOnlySpan<byte> text) => text.StartsWith(Version);

    /// <summary>Reads how large the real file is.</summary>
    /// <param name="text">The whole pointer.</param>
    /// <returns>Bytes, or null where the pointer does not say.</returns>
    internal static long? RealSize(ReadOnlySpan<byte> text)
    {
        int at = text.IndexOf(Size);
        return at >= 0 && Utf8Parser.TryParse(text[(at + Size.Length)..], out long size, out _) ? size : null;
    }
}
