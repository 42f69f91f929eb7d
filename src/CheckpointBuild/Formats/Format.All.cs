using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <content>The list.</content>
public abstract partial class Format
{
    /// <summary>Hugging Face's safetensors.</summary>
    public static Format Safetensors { get; } = new Safetensors();

    /// <summary>ggml's GGUF.</summary>
    public static Format Gguf { get; } = new Gguf();

    /// <summary>PyTorch's zip archives.</summary>
    public static Format PyTorch { get; } = new PyTorchZip();

    // GGUF first: its four letters are certain, as are zip's and the magic number of old pickles, while a safetensors file begins with a plain length.
    private static readonly Format[] AllArray = [Gguf, PyTorch, new PyTorchLegacy(), Safetensors];

    private static ImmutableArray<Format> _added = [];

    /// <summary>Every format of the product, in the order in which files are held against them.</summary>
    public static IReadOnlyList<Format> All => AllArray;

    /// <summary>The product's formats, then those that plug-ins added.</summary>
    public static IEnumerable<Format> Known => AllArray.Concat(_added);

    /// <summary>Adds a plug-in's format, whose name is free.</summary>
    /// <param name="format">The format.</param>
    internal static void Add(Format format) => ImmutableInterlocked.Update(ref _added, (all, more) => all.Add(more), format);

    /// <summary>Finds the format of a file by its first bytes.</summary>
    /// <param name="source">The file.</param>
    /// <returns>The first format of the list that recognizes it.</returns>
    /// <exception cref="CheckpointException">CKPT1004 when none does, with what the file looks like; CKPT1006 when it is a Git LFS pointer.</exception>
    public static Format Detect(ByteSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        byte[] head = source.ReadBytes(0, (int)Math.Min(64, source.Length));
        return Known.FirstOrDefault(f => f.Recognizes(head, source.Length)) ?? throw ForeignFile.Refuse(source);
    }
}
