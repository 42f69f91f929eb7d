using System;
using System.Collections.Generic;
using System.Threading;

namespace CheckpointBuild.Acquisition;

/// <summary>The ranges of one content that are still to be fetched, handed to the workers one by one.</summary>
internal sealed class ContentTransfers
{
    private readonly Lock _lock = new();
    private readonly Queue<ByteRange> _pieces;
    private readonly PartialFile _partial;
    private ContentTransfer? _whole;

    /// <summary>Begins.</summary>
    /// <param name="remote">The content.</param>
    /// <param name="location">Where it is.</param>
    /// <param name="partial">Gets the bytes.</param>
    /// <param name="pieces">What is missing.</param>
    public ContentTransfers(RemoteFile remote, ContentLocation location, PartialFile partial, IEnumerable<ByteRange> pieces)
    {
        Remote = remote;
        Location = location;
        _partial = partial;
        _pieces = new Queue<ByteRange>(pieces);
        Count = _pieces.Count;
    }

    /// <summary>The content.</summary>
    public RemoteFile Remote { get; }

    /// <summary>Where it is.</summary>
    public ContentLocation Location { get; }

    /// <summary>How many pieces there were at the beginning.</summary>
    public int Count { get; }

    /// <summary>The next piece.</summary>
    /// <param name="buffer">The worker's.</param>
    /// <param name="progress">Receives bytes that were not there before.</param>
    /// <returns>Its transfer, or null when there is none left.</returns>
    public ContentTransfer? Next(byte[] buffer, Action<long> progress)
    {
        lock (_lock)
        {
            return _pieces.TryDequeue(out ByteRange piece) ? new ContentTransfer(_partial, piece, buffer, progress) : null;
        }
    }

    /// <summary>The transfer of a piece that was chosen elsewhere.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="buffer">The worker's.</param>
    /// <param name="progress">Receives bytes that were not there before.</param>
    /// <returns>Its transfer, or null where another takes everything.</returns>
    public ContentTransfer? Begin(ByteRange piece, byte[] buffer, Action<long> progress)
    {
        lock (_lock)
        {
            return _whole is null ? new ContentTransfer(_partial, piece, buffer, progress) : null;
        }
    }

    /// <summary>The server sends everything although a range was asked for: one transfer takes it all, the others are done.</summary>
    /// <param name="transfer">The transfer that got everything.</param>
    /// <returns>Whether it is the one that takes it.</returns>
    public bool TakeWhole(ContentTransfer transfer)
    {
        lock (_lock)
        {
            _pieces.Clear();
            if (_whole is null || _whole == transfer)
            {
                _whole = transfer;
                transfer.BecomeWhole(Remote.Size);
                return true;
            }

            transfer.GiveUp();
            return false;
        }
    }
}
