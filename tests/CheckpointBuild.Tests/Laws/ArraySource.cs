using System;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Tests.Laws;

/// <summary>Bytes in memory, read by position as a file's would be.</summary>
/// <param name="bytes">The bytes.</param>
/// <param name="name">What messages call it.</param>
internal sealed class ArraySource(byte[] bytes, string name = "memory") : ByteSource
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

        bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
    }
}
