using System;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Tests.Laws;

/// <summary>Bytes in memory, read by position as a file's would be.</summary>
/// <param name="bytes">The bytes.</param>
internal sealed class ArraySource(byte[] bytes) : ByteSource
{
    /// <inheritdoc/>
    public override string Name => "memory";

    /// <inheritdoc/>
    public override long Length => bytes.Length;

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> destination) => bytes.AsSpan(checked((int)offset), destination.Length).CopyTo(destination);
}
