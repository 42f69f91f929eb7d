using System;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>Says what a file is that no format recognizes: people rename files, and downloads leave error pages under the names of weights.</summary>
internal static class ForeignFile
{
    private static readonly (byte[] Start, string What)[] Signatures =
    [
        ([0x80, 2], "a Python pickle without PyTorch's container"),
        ([0x80, 3], "a Python pickle without PyTorch's container"),
        ([0x80, 4], "a Python pickle without PyTorch's container"),
        ([0x80, 5], "a Python pickle without PyTorch's container"),
        ([0x1F, 0x8B], "a gzip archive"),
        ([0x89, .. "HDF\r\n"u8], "an HDF5 file, such as Keras writes"),
        ([.. "lmgg"u8], "a GGML file from before GGUF"),
        ([.. "fmgg"u8], "a GGML file from before GGUF"),
        ([.. "tjgg"u8], "a GGML file from before GGUF"),
        ([.. "<!doctype html"u8], "an HTML page, such as a server sends instead of a file"),
        ([.. "<html"u8], "an HTML page, such as a server sends instead of a file"),
        ([.. "<?xml"u8], "an XML text"),
        ([.. "{"u8], "a JSON text"),
    ];

    private const int TarMagicAt = 257;

    /// <summary>Makes the error for a file of no known format.</summary>
    /// <param name="source">The file.</param>
    /// <returns>CKPT1006 for a Git LFS pointer, CKPT1004 for anything else, with what it looks like.</returns>
    internal static CheckpointException Refuse(ByteSource source)
    {
        byte[] head = source.ReadBytes(0, (int)Math.Min(GitLfsPointer.LengthLimit, source.Length));
        if (GitLfsPointer.Recognizes(head))
        {
            return Errors.GitLfsPointer(source.Name, GitLfsPointer.RealSize(head));
        }

        string known = string.Join(", ", Format.Known.Select(f => f.Name));
        string? ours = Format.Known.FirstOrDefault(f => f.Recognizes(head, source.Length)) is { } other ? $"a {other.Name} file" : null;
        return Errors.UnknownFormat(source.Name, ours ?? Describe(head), known);
    }

    /// <summary>Guesses what bytes are.</summary>
    /// <param name="head">The beginning of the file.</param>
    /// <returns>A phrase with its article, or null where they look like nothing known.</returns>
    internal static string? Describe(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
        {
            return "an empty file";
        }

        if (head.IndexOfAnyExcept((byte)0) < 0)
        {
            return "zero bytes, such as an interrupted copy leaves";
        }

        if (head.Length > TarMagicAt && head[TarMagicAt..].StartsWith("ustar"u8))
        {
            return "a tar archive, such as PyTorch's torch.save wrote before 0.1.10";
        }

        ReadOnlySpan<byte> text = SkipSpace(head);
        foreach ((byte[] start, string what) in Signatures)
        {
            if (head.StartsWith(start) || StartsWithText(text, start))
            {
                return what;
            }
        }

        return null;
    }

    private static ReadOnlySpan<byte> SkipSpace(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        return (head.StartsWith(byteOrderMark) ? head[byteOrderMark.Length..] : head).TrimStart(" \t\r\n"u8);
    }

    // Markup comes in either case.
    private static bool StartsWithText(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start) =>
        text.Length >= start.Length && System.Text.Ascii.EqualsIgnoreCase(text[..start.Length], start);
}
