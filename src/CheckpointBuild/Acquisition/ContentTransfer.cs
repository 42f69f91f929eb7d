using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace CheckpointBuild.Acquisition;

/// <summary>One range on its way; it knows how far it is whatever interrupts it.</summary>
/// <param name="partial">Gets the bytes.</param>
/// <param name="piece">The range.</param>
/// <param name="buffer">Lent by the worker.</param>
/// <param name="progress">Receives bytes that were not there before.</param>
internal sealed class ContentTransfer(PartialFile partial, ByteRange piece, byte[] buffer, Action<long> progress)
{
    // How often the journal is written: what a kill may cost.
    private const int RecordBytes = 1 << 20;

    /// <summary>The next byte that is needed.</summary>
    public long At { get; private set; } = piece.Start;

    /// <summary>The byte behind the last.</summary>
    public long End { get; private set; } = piece.End;

    /// <summary>Whether nothing more is needed.</summary>
    public bool IsDone => At >= End;

    /// <summary>Makes it the transfer of the whole content, from its first byte.</summary>
    /// <param name="size">The content's length.</param>
    public void BecomeWhole(long size) => (At, End) = (0, size);

    /// <summary>Leaves it to another transfer.</summary>
    public void GiveUp() => At = End;

    /// <summary>Writes a body that begins at <see cref="At"/>.</summary>
    /// <param name="body">The body.</param>
    /// <param name="patience">How long it may stand still.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>When the range is done.</returns>
    /// <exception cref="EndOfStreamException">The body ended early.</exception>
    public async Task CopyAsync(Stream body, TimeSpan patience, CancellationToken cancellation)
    {
        long recorded = At;
        try
        {
            while (!IsDone)
            {
                int read = await ReadAsync(body, patience, cancellation);
                if (read == 0)
                {
                    throw new EndOfStreamException();
                }

                int count = (int)Math.Min(read, End - At);
                partial.Write(buffer.AsSpan(0, count), At);
                At += count;
                if (At - recorded >= RecordBytes)
                {
                    progress(partial.Record(new ByteRange(recorded, At)));
                    recorded = At;
                }
            }
        }
        finally
        {
            progress(partial.Record(new ByteRange(recorded, At)));
        }
    }

    private async Task<int> ReadAsync(Stream body, TimeSpan patience, CancellationToken cancellation)
    {
        using CancellationTokenSource timeout = HubHttp.Limit(patience, cancellation);
        return await body.ReadAsync(buffer, timeout.Token);
    }
}
