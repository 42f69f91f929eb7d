using System;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Runtime.Tests.Support;

/// <summary>Bytes in an array.</summary>
/// <param name="bytes">The bytes.</param>
internal sealed class MemorySource(byte[] bytes) : ByteSource
{
    public override string Name => "memory";

    public override long Length => bytes.Length;

    public override void Read(long offset, Span<byte> destination) => bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
}
