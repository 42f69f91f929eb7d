using System;
using System.Collections.Immutable;
using System.Text;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Formats;

/// <summary>One file that will be written: its length, the bytes at its start, and a slot for every plane. What neither covers is zero, unless a piece does.</summary>
/// <param name="Path">Where it will lie, relative to the output directory, with '/'.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Head">Its first bytes.</param>
/// <param name="Slots">By rising offset; they do not overlap each other or the head.</param>
public sealed record FilePlan(string Path, long Length, ReadOnlyMemory<byte> Head, ImmutableArray<Slot> Slots)
{
    /// <summary>Fixed bytes behind the head, by rising offset.</summary>
    public ImmutableArray<FilePiece> Pieces { get; init; } = [];

    /// <summary>Sums over slots, which are written into pieces or the head when all slots are filled.</summary>
    public ImmutableArray<FileChecksum> Checksums { get; init; } = [];

    /// <summary>A finished file with the bytes of this plan, which need not be made again; null = there is none.</summary>
    internal FinishedFile? Twin { get; init; }

    /// <summary>A file of given bytes.</summary>
    /// <param name="path">Where it will lie, relative to the output directory.</param>
    /// <param name="bytes">All of it.</param>
    /// <returns>A plan without slots.</returns>
    public static FilePlan Of(string path, byte[] bytes) => new(path, bytes.Length, bytes, []);

    /// <summary>A file of given text, in UTF-8.</summary>
    /// <param name="path">Where it will lie, relative to the output directory.</param>
    /// <param name="text">All of it.</param>
    /// <returns>A plan without slots.</returns>
    public static FilePlan Of(string path, string text) => Of(path, Encoding.UTF8.GetBytes(text));

    /// <summary>A copy of another file: its bytes are a tensor of single-byte rows like any other.</summary>
    /// <param name="path">Where it will lie, relative to the output directory.</param>
    /// <param name="source">What is copied.</param>
    /// <returns>A plan with one slot, or none for an empty file.</returns>
    public static FilePlan CopyOf(string path, ByteSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var bytes = new Stored(path, DType.U8, new Shape(source.Length, 1), source, 0);
        return new(path, source.Length, default, source.Length == 0 ? [] : [new Slot(0, source.Length, bytes)]);
    }
}
