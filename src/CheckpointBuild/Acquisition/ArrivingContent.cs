using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Acquisition;

/// <summary>A content of the Hub that is read while it arrives in the shared cache: reads wait for the partial file, the hash follows, and it gets its name when the hash is right.</summary>
/// <param name="remote">What and from where; its identity is a SHA-256.</param>
/// <param name="cache">Where it goes.</param>
/// <param name="download">Brings it.</param>
/// <param name="arrivals">The model's other contents.</param>
internal sealed class ArrivingContent(RemoteFile remote, HubCache cache, ContentDownload download, Arrivals arrivals) : ArrivingSource
{
    private const long Wanted = -1;
    private const long Whenever = long.MaxValue;

    // What is asked for at least when somebody waits: a header is often one request.
    private const long MostHeader = 1 << 20;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RangeSet _claimed = new();
    private readonly ContentLocation _location = download.LocationOf(remote);
    private CacheLock? _lock;
    private FileSource? _there;
    private PartialFile? _partial;
    private ContentTransfers? _transfers;
    private Task _done = Task.CompletedTask;
    private bool _isWrong;

    /// <inheritdoc/>
    public override string Name { get; } = System.IO.Path.Combine(cache.Snapshot(remote.Commit), remote.Subject.File!);

    /// <inheritdoc/>
    public override long Length => remote.Size;

    /// <inheritdoc/>
    public override string Sha256 => remote.Identity.Hex;

    /// <summary>Takes the content's lock, and what an earlier process left; another process that is fetching it is waited for.</summary>
    /// <returns>When it can be read.</returns>
    public async Task OpenAsync()
    {
        string blob = cache.Blob(remote.Identity);
        _lock = await CacheLock.TakeAsync(cache.LockFile(remote.Identity), arrivals.Stopped);
        if (HubCache.LengthOf(blob) == remote.Size)
        {
            // Linked while the lock is held, so that nobody who cleans up takes it away in between.
            _there = new FileSource(blob);
            cache.Point(remote.Commit, remote.Subject.File!, remote.Identity);
            _lock.Dispose();
            arrivals.Progress(remote.Size);
            _done = Task.Run(() => Verify(blob), CancellationToken.None);
        }
        else
        {
            _partial = download.OpenPartial(remote, new ContentPlace(_lock, blob, blob));
            arrivals.Progress(_partial.Total);
            _transfers = new ContentTransfers(remote, _location, _partial, []);
            foreach (ByteRange range in _partial.Recorded())
            {
                _claimed.Add(range);
            }

            _done = Task.Run(() => FinishAsync(blob), CancellationToken.None);
        }

        _opened.SetResult();
    }

    /// <summary>Brings what of a range is neither there nor on its way.</summary>
    /// <param name="range">The range.</param>
    /// <param name="buffer">The worker's.</param>
    /// <returns>When it is there.</returns>
    public async Task BringAsync(ByteRange range, byte[] buffer)
    {
        await _opened.Task.WaitAsync(arrivals.Stopped);
        foreach (ByteRange gap in Claim(range))
        {
            if (_transfers!.Begin(gap, buffer, arrivals.Progress) is { } transfer)
            {
                await download.TransferAsync(_transfers, transfer, arrivals.Stopped);
            }
        }
    }

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > Length - destination.Length)
        {
            throw Errors.FileEndsEarly(Name, offset, destination.Length, Length);
        }

        arrivals.Wait(_opened.Task.WaitAsync(arrivals.Stopped));
        if (_there is not null)
        {
            _there.Read(offset, destination);
            return;
        }

        var range = new ByteRange(offset, offset + destination.Length);
        if (!_partial!.Has(range))
        {
            long least = Math.Min(MostHeader, arrivals.BlockBytes);
            long start = range.Start / least * least;
            arrivals.Enqueue(this, new ByteRange(start, Math.Min(Length, Math.Max(range.End, start + least))), Wanted);
            arrivals.Wait(_partial.WaitAsync(range, arrivals.Stopped));
        }

        _partial.Read(offset, destination);
    }

    /// <inheritdoc/>
    public override void Expect(IEnumerable<ExpectedRead> reads)
    {
        ArgumentNullException.ThrowIfNull(reads);
        long block = arrivals.BlockBytes;
        long[] turns = new long[checked((Length + block - 1) / block)];
        Array.Fill(turns, Whenever);
        foreach (ExpectedRead read in reads)
        {
            for (long i = read.Offset / block; i < turns.Length && i * block < read.Offset + read.Length; i++)
            {
                turns[i] = Math.Min(turns[i], read.Turn);
            }
        }

        for (long i = 0; i < turns.Length; i++)
        {
            arrivals.Enqueue(this, new ByteRange(i * block, Math.Min(Length, (i + 1) * block)), turns[i]);
        }
    }

    /// <inheritdoc/>
    public override void Complete(CancellationToken cancellation)
    {
        arrivals.Wait(_opened.Task.WaitAsync(arrivals.Stopped), cancellation);
        arrivals.Wait(_done, cancellation);
    }

    /// <summary>Closes it. What arrived stays for the next time, unless it is wrong.</summary>
    public void Close()
    {
        _done.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).Wait();
        _there?.Dispose();
        if (_isWrong)
        {
            _partial!.Discard();
        }

        _partial?.Dispose();
        _lock?.Dispose();
        _location.Dispose();
    }

    private IReadOnlyList<ByteRange> Claim(ByteRange range)
    {
        if (_partial is null)
        {
            return [];
        }

        lock (_claimed)
        {
            IReadOnlyList<ByteRange> gaps = _claimed.Missing(range);
            _claimed.Add(range);
            return gaps;
        }
    }

    private async Task FinishAsync(string blob)
    {
        try
        {
            string found = await _partial!.HashAsync(remote.Identity, arrivals.Stopped);
            if (found != remote.Identity.Hex)
            {
                _isWrong = true;
                throw Errors.ContentWrong(remote.Subject.Where, found, remote.Identity.Hex);
            }

            _partial.Publish(blob);
            cache.Point(remote.Commit, remote.Subject.File!, remote.Identity);
            _lock!.Dispose();
        }
        catch (Exception e)
        {
            arrivals.Fail(e);
            throw;
        }
    }

    // Somebody else brought it, who may verify nothing.
    private void Verify(string blob)
    {
        if (ContentHash.Of(blob, remote.Identity, arrivals.Stopped) is var found && found != Sha256)
        {
            throw Errors.SourceNotAsLocked(blob, found, Sha256);
        }
    }
}
