using System;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>A container's bytes: how named tensors lie in one file. A format never moves data: reading turns header bytes into <see cref="Tensors.Views.Stored"/> tensors,
/// writing turns names, dtypes and shapes into a <see cref="FilePlan"/>.</summary>
public abstract partial class Format
{
    /// <summary>The name in reports and messages: <c>safetensors</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether <see cref="Plan"/> is defined.</summary>
    public virtual bool CanWrite => true;

    /// <summary>Whether a file is in this format, by its first bytes (the name's extension alone proves nothing).</summary>
    /// <param name="head">The first bytes of the file: 64, or all of a shorter file.</param>
    /// <param name="length">The file's length in bytes.</param>
    /// <returns>True when the file is to be read as this format.</returns>
    public abstract bool Recognizes(ReadOnlySpan<byte> head, long length);

    /// <summary>Reads the header of a file and checks every byte of it before it is trusted.</summary>
    /// <param name="source">The file; it stays open as long as the tensors are used.</param>
    /// <returns>Its tensors in file order, and its metadata in file order.</returns>
    /// <exception cref="Diagnostics.CheckpointException">1xxx, naming file, tensor, found and needed.</exception>
    public abstract TensorFile Read(ByteSource source);

    /// <summary>Lays out a file: every name, offset and size, before any tensor data is read.</summary>
    /// <param name="path">Where the file will lie, relative to the output directory, with '/'.</param>
    /// <param name="file">What it holds, in order.</param>
    /// <returns>The header bytes, and a slot for every plane.</returns>
    public virtual FilePlan Plan(string path, TensorFile file) => throw new NotSupportedException($"{Name} is only read.");
}
