using System;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tensors;

/// <summary>Bytes in memory, read like a file.</summary>
/// <param name="name">What messages call it.</param>
/// <param name="bytes">The bytes.</param>
public sealed class MemorySource(string name, ReadOnlyMemory<byte> bytes) : ByteSource
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override long Length => bytes.Length;

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > bytes.Length - destination.Length)
        {
            throw Errors.FileEndsEarly(name, offset, destination.Length, bytes.Length);
        }

        bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination);
    }
}
