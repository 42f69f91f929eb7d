using System;
using System.Collections.Generic;
using System.Threading;

namespace CheckpointBuild.Formats.Wire;

/// <summary>What an archive's compressed records hold, as far as it is in use: the records that were read last, within a bound. One that had to go is unpacked again.</summary>
internal sealed class UnpackedRecords
{
    // The largest record is half of it, so that two can be read in turn.
    private const long MostBytes = 2L * ZipRecord.MostUnpacked;
    private readonly LinkedList<(long Record, byte[] Bytes)> _newest = new();
    private readonly Lock _lock = new();
    private long _bytes;

    /// <summary>The bytes of a record.</summary>
    /// <param name="record">Where its header stands.</param>
    /// <param name="unpack">Unpacks it.</param>
    /// <returns>Its bytes.</returns>
    public byte[] Get(long record, Func<byte[]> unpack)
    {
        lock (_lock)
        {
            LinkedListNode<(long Record, byte[] Bytes)>? node = _newest.First;
            while (node is not null && node.Value.Record != record)
            {
                node = node.Next;
            }

            if (node is null)
            {
                node = new((record, unpack()));
                _bytes += node.Value.Bytes.Length;
            }
            else
            {
                _newest.Remove(node);
            }

            _newest.AddFirst(node);
            while (_bytes > MostBytes && _newest.Last is { } oldest && oldest != node)
            {
                _bytes -= oldest.Value.Bytes.Length;
                _newest.RemoveLast();
            }

            return node.Value.Bytes;
        }
    }
}
