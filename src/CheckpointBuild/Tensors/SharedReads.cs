using System;
using System.Collections.Generic;
using System.Threading;

namespace CheckpointBuild.Tensors;

/// <summary>Keeps the blocks of another source that were read last, so that those who ask for the same bytes at nearly the same time cost one read.</summary>
/// <param name="source">The source; disposed with this.</param>
internal sealed class SharedReads(ByteSource source) : ByteSource
{
#if DEBUG
    // Small, so that every test crosses the edge of a block.
    private const int BlockBytes = 64 << 10;
#else
    private const int BlockBytes = 1 << 20;
#endif

    // What ranks at the same pace are apart: a few bands of each thread, in a few places of each matrix.
    private const int MostBlocks = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, LinkedListNode<Block>> _blocks = [];
    private readonly LinkedList<Block> _byUse = [];
    private readonly Stack<byte[]> _free = [];
    private long _bytesRead;

    /// <inheritdoc/>
    public override string Name => source.Name;

    /// <inheritdoc/>
    public override long Length => source.Length;

    /// <summary>Whether blocks are kept; whoever reads a file once from end to end needs none.</summary>
    public bool IsOn { get; set; }

    /// <summary>Bytes that were asked of the source itself.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> destination)
    {
        if (!IsOn || offset < 0 || offset > Length - destination.Length)
        {
            ReadSource(offset, destination);
            return;
        }

        while (destination.Length > 0)
        {
            (long number, long inside) = Math.DivRem(offset, BlockBytes);
            int count = (int)Math.Min(destination.Length, BlockBytes - inside);
            Copy(number, (int)inside, destination[..count]);
            offset += count;
            destination = destination[count..];
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        source.Dispose();
        base.Dispose(disposing);
    }

    private void ReadSource(long offset, Span<byte> destination)
    {
        source.Read(offset, destination);
        Interlocked.Add(ref _bytesRead, destination.Length);
    }

    private void Copy(long number, int inside, Span<byte> destination)
    {
        Block block = Take(number);
        try
        {
            // The first to come reads, the others wait for it.
            lock (block.Gate)
            {
                if (!block.IsRead)
                {
                    ReadSource(number * BlockBytes, block.Bytes.AsSpan(0, (int)Math.Min(BlockBytes, Length - (number * BlockBytes))));
                    block.IsRead = true;
                }
            }

            block.Bytes.AsSpan(inside, destination.Length).CopyTo(destination);
        }
        finally
        {
            Release(block);
        }
    }

    private Block Take(long number)
    {
        lock (_lock)
        {
            if (_blocks.TryGetValue(number, out LinkedListNode<Block>? node))
            {
                _byUse.Remove(node);
            }
            else
            {
                RemoveOldest();
                node = new LinkedListNode<Block>(new Block(number, _free.TryPop(out byte[]? bytes) ? bytes : GC.AllocateUninitializedArray<byte>(BlockBytes)));
                _blocks.Add(number, node);
            }

            _byUse.AddLast(node);
            node.Value.Users++;
            return node.Value;
        }
    }

    private void Release(Block block)
    {
        lock (_lock)
        {
            block.Users--;
        }
    }

    // A block that somebody copies from stays.
    private void RemoveOldest()
    {
        for (LinkedListNode<Block>? node = _byUse.First; node is not null && _blocks.Count >= MostBlocks; node = node.Next)
        {
            if (node.Value.Users == 0)
            {
                _byUse.Remove(node);
                _blocks.Remove(node.Value.Number);
                _free.Push(node.Value.Bytes);
                return;
            }
        }
    }

    private sealed class Block(long number, byte[] bytes)
    {
        public Lock Gate { get; } = new();

        public long Number => number;

        public byte[] Bytes => bytes;

        public int Users { get; set; }

        public bool IsRead { get; set; }
    }
}
