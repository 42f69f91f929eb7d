using System;
using System.Buffers;
using System.Runtime.InteropServices;

namespace CheckpointBuild.Tensors;

/// <summary>A block of memory outside the collected heap, aligned to 64 bytes.</summary>
internal sealed unsafe class NativeBlock : MemoryManager<byte>
{
    private const int Alignment = 64;
    private void* _pointer;

    /// <summary>Takes memory from the system; its contents are undefined.</summary>
    /// <param name="length">Bytes.</param>
    public NativeBlock(int length)
    {
        Length = length;
        _pointer = NativeMemory.AlignedAlloc((nuint)Math.Max(length, 1), Alignment);
    }

    /// <summary>Bytes.</summary>
    public int Length { get; }

    /// <summary>The bytes.</summary>
    public Span<byte> Span => GetSpan();

    /// <inheritdoc/>
    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_pointer is null, this);
        return new Span<byte>(_pointer, Length);
    }

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)_pointer + elementIndex);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <summary>Gives the memory back to the system.</summary>
    public void Free() => Dispose(true);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        void* pointer = _pointer;
        _pointer = null;
        NativeMemory.AlignedFree(pointer);
    }
}
