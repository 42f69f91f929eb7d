using System;
using System.Diagnostics;
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

    // Over so many patiences at least so many bytes a second must come: what only drips is no transfer, and another connection may be better.
    private const int Patiences = 3;
    private const int LeastBytesPerSecond = 1 << 10;

    // A try that brings a smaller part of the range than this is as good as one that brings nothing.
    private const int LeastPart = 16;

    /// <summary>The next byte that is needed.</summary>
    public long At { get; private set; } = piece.Start;

    /// <summary>The byte behind the last.</summary>
    public long End { get; private set; } = piece.End;

    /// <summary>Whether nothing more is needed.</summary>
    public bool IsDone => At >= End;

    /// <summary>Whether a try was worth it.</summary>
    /// <param name="before">Where it began.</param>
    /// <returns>True when it brought a part of the range that counts.</returns>
    public bool HasComeFarSince(long before) => At > before && At - before >= Math.Min(RecordBytes, (piece.End - piece.Start) / LeastPart);

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
    /// <exception cref="TimeoutException">It comes too slowly: fewer than 1,024 bytes a second over three times <paramref name="patience"/>.</exception>
    public async Task CopyAsync(Stream body, TimeSpan patience, CancellationToken cancellation)
    {
        long recorded = At, looked = Stopwatch.GetTimestamp(), lookedAt = At;
        try
        {
            while (!IsDone)
            {
                int read = await ReadAsync(body, patience, cancellation);
                if (Stopwatch.GetElapsedTime(looked) is var passed && passed > patience * Patiences)
                {
                    if (At + read - lookedAt < passed.TotalSeconds * LeastBytesPerSecond)
                    {
                        throw new TimeoutException();
                    }

                    (looked, lookedAt) = (Stopwatch.GetTimestamp(), At);
                }

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
