using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;
using TorchTensor = global::TorchSharp.torch.Tensor;

namespace CheckpointBuild.TorchSharp;

/// <summary>The bytes of a torch tensor, read by position. What lies on another device, or not row after row, is copied once, when its bytes are first asked for.</summary>
/// <param name="name">The tensor's name.</param>
/// <param name="tensor">The tensor; whoever made it keeps it alive.</param>
internal sealed class TorchSource(string name, TorchTensor tensor) : ByteSource
{
    private readonly Lazy<TorchTensor> _rows = new(() => Rows(tensor));

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override long Length { get; } = tensor.NumberOfElements * tensor.ElementSize;

    /// <summary>Whether another tensor is the same bytes of memory. What lies on another device, or not row after row, is nobody else's.</summary>
    /// <param name="other">The other.</param>
    /// <returns>True when both begin and end at the same bytes.</returns>
    public bool IsSameMemory(TorchSource other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!HasAddress || !other.HasAddress || Length != other.Length)
        {
            return false;
        }

        using TorchTensor own = First(), its = other.First();
        return Unsafe.AreSame(ref MemoryMarshal.GetReference(own.bytes), ref MemoryMarshal.GetReference(its.bytes));
    }

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > Length - destination.Length)
        {
            throw Errors.FileEndsEarly(name, offset, destination.Length, Length);
        }

        if (destination.IsEmpty)
        {
            return;
        }

        // A span of a whole tensor would end at 2 GiB: the elements that are wanted are looked at alone.
        long size = tensor.ElementSize;
        long first = offset / size, end = (offset + destination.Length + size - 1) / size;
        using TorchTensor flat = _rows.Value.view(-1);
        using TorchTensor wanted = flat.narrow(0, first, end - first);
        wanted.bytes.Slice((int)(offset - (first * size)), destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _rows.IsValueCreated)
        {
            _rows.Value.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool HasAddress => Length > 0 && tensor.device_type == global::TorchSharp.DeviceType.CPU && tensor.is_contiguous();

    private TorchTensor First()
    {
        using TorchTensor detached = tensor.detach();
        using TorchTensor flat = detached.view(-1);
        return flat.narrow(0, 0, 1);
    }

    private static TorchTensor Rows(TorchTensor tensor)
    {
        using TorchTensor detached = tensor.detach();
        using TorchTensor near = detached.cpu();
        return near.contiguous();
    }
}
