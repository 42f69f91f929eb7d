using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;

namespace CheckpointBuild.Tensors;

/// <summary>The only place that big memory comes from while tensors are evaluated. It lends bands, keeps residents (whole matrices that a view needs again and again), counts bytes, and frees all at its end.</summary>
/// <remarks>Safe for any number of threads. Returned bands are kept for the next loan, so that a build settles on as many as it has bands in flight.</remarks>
public sealed class Workspace : IDisposable
{
    private readonly ConcurrentDictionary<int, ConcurrentBag<NativeBlock>> _free = new();
    private readonly Dictionary<object, NativeBlock> _residents = [];
    private readonly Lock _residentsLock = new();
    private long _bytes;
    private long _peak;

    /// <summary>Bytes that the workspace holds now, lent or ready.</summary>
    public long BytesHeld => Interlocked.Read(ref _bytes);

    /// <summary>The most bytes that it ever held.</summary>
    public long PeakBytes => Interlocked.Read(ref _peak);

    /// <summary>Lends memory for rows of a tensor; its contents are undefined.</summary>
    /// <param name="tensor">Whose rows.</param>
    /// <param name="rows">How many.</param>
    /// <returns>The memory; dispose it to give it back.</returns>
    public Band Lend(Tensor tensor, int rows)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        int planes = tensor.DType.PlaneCount;
        return Lend(
            checked((int)tensor.PlaneBytes(0, rows)),
            planes > 1 ? checked((int)tensor.PlaneBytes(1, rows)) : 0,
            planes > 2 ? checked((int)tensor.PlaneBytes(2, rows)) : 0);
    }

    /// <summary>Lends plain memory; its contents are undefined.</summary>
    /// <param name="bytes">How much.</param>
    /// <returns>The memory, as plane 0 of a band.</returns>
    public Band Lend(int bytes) => Lend(bytes, 0, 0);

    /// <summary>Gives a whole matrix that stays until the workspace ends, read once however many ask for it.</summary>
    /// <param name="tensor">What to keep; two equal tensors are the same resident.</param>
    /// <returns>Its bytes, plane 0.</returns>
    public ReadOnlySpan<byte> Resident(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        lock (_residentsLock)
        {
            if (!_residents.TryGetValue(tensor, out NativeBlock? block))
            {
                block = Take(checked((int)tensor.PlaneBytes(0, tensor.Rows)));
                tensor.Read(new RowRange(0, checked((int)tensor.Rows)), new DTypes.Planes(block.Span[..(int)tensor.PlaneBytes(0, tensor.Rows)]), this);
                _residents.Add(tensor, block);
            }

            return block.Span[..(int)tensor.PlaneBytes(0, tensor.Rows)];
        }
    }

    /// <summary>Gives residents back for other use; called between output tensors.</summary>
    public void ReleaseResidents()
    {
        lock (_residentsLock)
        {
            foreach (NativeBlock block in _residents.Values)
            {
                Interlocked.Add(ref _bytes, -block.Length);
                block.Free();
            }

            _residents.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ReleaseResidents();
        foreach (ConcurrentBag<NativeBlock> bag in _free.Values)
        {
            while (bag.TryTake(out NativeBlock? block))
            {
                Interlocked.Add(ref _bytes, -block.Length);
                block.Free();
            }
        }
    }

    /// <summary>Rounds up to the 64 bytes that planes are aligned to.</summary>
    internal static int Align(int bytes) => checked(bytes + 63) & ~63;

    /// <summary>Takes a band's memory back.</summary>
    internal void Return(NativeBlock block) => _free.GetOrAdd(block.Length, static _ => []).Add(block);

    private Band Lend(int codes, int scales, int zeroPoints) =>
        new(this, Take(checked(Align(codes) + Align(scales) + Align(zeroPoints))), codes, scales, zeroPoints);

    // Sizes are rounded up to powers of two (from 4 KiB), so that bands of different tensors can share memory.
    private NativeBlock Take(int bytes)
    {
        int size = bytes > 1 << 30 ? bytes : (int)Math.Max(4096, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)bytes));
        if (_free.TryGetValue(size, out ConcurrentBag<NativeBlock>? bag) && bag.TryTake(out NativeBlock? block))
        {
            return block;
        }

        long held = Interlocked.Add(ref _bytes, size);
        for (long peak = PeakBytes; held > peak; peak = PeakBytes)
        {
            Interlocked.CompareExchange(ref _peak, held, peak);
        }

        return new NativeBlock(size);
    }
}
