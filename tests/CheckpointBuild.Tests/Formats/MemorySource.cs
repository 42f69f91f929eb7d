using System;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Tests.Formats;

/// <summary>A file that lies in memory.</summary>
internal sealed class MemorySource(byte[] bytes, string name = "memory") : ByteSource
{
    public override string Name => name;

    public override long Length => bytes.Length;

    public override void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > bytes.Length - destination.Length)
        {
            throw Errors.FileEndsEarly(name, offset, destination.Length, bytes.Length);
        }

        bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
    }
}
