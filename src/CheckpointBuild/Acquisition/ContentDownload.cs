using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>Fetches contents: ranges in parallel into a partial file, hashed while they stream, given their name only when the hash is right.</summary>
/// <param name="http">Asks.</param>
/// <param name="settings">How many connections, and how much each asks for.</param>
internal sealed class ContentDownload(HubHttp http, HubSettings settings) : IDisposable
{
    // A second try mends what was damaged on the way or on our disk; what is wrong twice is wrong at the server.
    private const int MostPasses = 2;
    private const int BufferBytes = 1 << 18;
    private readonly SemaphoreSlim _connections = new(settings.Connections);

    /// <summary>Where a content is, and will be when its address has ended.</summary>
    /// <param name="remote">The content.</param>
    /// <returns>The place; dispose it.</returns>
    public ContentLocation LocationOf(RemoteFile remote) => new(http, remote);

    /// <summary>Tells how many bytes are free where a folder lies.</summary>
    public Func<string, long> FreeBytes => settings.FreeBytes;

    /// <summary>Opens the partial file of a content: the one that an earlier process left, unless the lock keeps nobody out and another may be writing to it.</summary>
    /// <param name="remote">The content.</param>
    /// <param name="place">Its lock and its path.</param>
    /// <returns>The file.</returns>
    /// <exception cref="CheckpointException">CKPT6030 when it cannot be written.</exception>
    public PartialFile OpenPartial(RemoteFile remote, ContentPlace place) =>
        settings.LockWorks(place.Lock) ? PartialFile.Open(place.Beside, remote.Identity, remote.Size) : PartialFile.OpenAlone(place.Beside, remote.Identity, remote.Size);

    /// <summary>Fetches one content.</summary>
    /// <param name="remote">What and from where.</param>
    /// <param name="place">Where it goes.</param>
    /// <param name="progress">Receives bytes as they arrive; negative where they had to be thrown away.</param>
    /// <param name="cancellation">Ends the work; what arrived is kept for the next time.</param>
    /// <returns>When the content is in its place.</returns>
    /// <exception cref="CheckpointException">CKPT6016 when the hash is wrong, CKPT6011 and CKPT6012 when the server or the connection fails.</exception>
    public async Task FetchAsync(RemoteFile remote, ContentPlace place, Action<long> progress, CancellationToken cancellation)
    {
        using ContentLocation location = LocationOf(remote);
        for (int pass = 1; ; pass++)
        {
            using PartialFile partial = OpenPartial(remote, place);
            progress(partial.Total);
            string found = await FillAsync(remote, location, partial, progress, cancellation);
            if (found == remote.Identity.Hex)
            {
                partial.Publish(place.Target);
                return;
            }

            progress(-remote.Size);
            partial.Discard();
            if (pass == MostPasses)
            {
                throw Errors.ContentWrong(remote.Subject.Where, found, remote.Identity.Hex);
            }
        }
    }

    /// <summary>Brings one range of a content, whatever interrupts it.</summary>
    /// <param name="transfers">The content's.</param>
    /// <param name="transfer">The range.</param>
    /// <param name="cancellation">Ends the work; what arrived is kept.</param>
    /// <returns>When it is there.</returns>
    public async Task TransferAsync(ContentTransfers transfers, ContentTransfer transfer, CancellationToken cancellation)
    {
        var retry = new Retry(settings, transfers.Remote.Subject, http.Say);
        await _connections.WaitAsync(cancellation);
        try
        {
            while (!transfer.IsDone)
            {
                await TryTransferAsync(transfers, transfer, retry, cancellation);
            }
        }
        finally
        {
            _connections.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connections.Dispose();

    // The hash follows the bytes; whoever fails stops the others, and the first real error counts.
    private async Task<string> FillAsync(RemoteFile remote, ContentLocation location, PartialFile partial, Action<long> progress, CancellationToken cancellation)
    {
        var transfers = new ContentTransfers(remote, location, partial, Pieces(partial.Missing(), remote.Size));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<string> hash = Task.Run(() => partial.HashAsync(remote.Identity, stop.Token), CancellationToken.None);
        Task[] workers = [.. Enumerable.Range(0, Math.Min(settings.Connections, transfers.Count)).Select(_ => Task.Run(() => WorkAsync(transfers, progress, stop.Token), CancellationToken.None))];
        List<Task> running = [hash, .. workers];
        while (running.Count > 0)
        {
            Task done = await Task.WhenAny(running);
            running.Remove(done);
            if (!done.IsCompletedSuccessfully)
            {
                await stop.CancelAsync();
                await Task.WhenAll(running).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                cancellation.ThrowIfCancellationRequested();
                await done;
            }
        }

        return await hash;
    }

    private IEnumerable<ByteRange> Pieces(IReadOnlyList<ByteRange> missing, long size)
    {
        long most = size <= settings.RangeBytes * 3 / 2 ? size : settings.RangeBytes;
        foreach (ByteRange gap in missing)
        {
            for (long start = gap.Start; start < gap.End; start += most)
            {
                yield return new ByteRange(start, Math.Min(gap.End, checked(start + most)));
            }
        }
    }

    private async Task WorkAsync(ContentTransfers transfers, Action<long> progress, CancellationToken cancellation)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferBytes);
        while (transfers.Next(buffer, progress) is { } transfer)
        {
            await TransferAsync(transfers, transfer, cancellation);
        }
    }

    private async Task TryTransferAsync(ContentTransfers transfers, ContentTransfer transfer, Retry retry, CancellationToken cancellation)
    {
        RemoteFile remote = transfers.Remote;
        long before = transfer.At;
        try
        {
            Uri address = transfers.Location.Current;
            bool whole = transfer.At == 0 && transfer.End == remote.Size;
            using HttpResponseMessage response = await http.GetAsync(address, whole ? null : new ByteRange(transfer.At, transfer.End), remote.Subject, cancellation);
            if (!response.IsSuccessStatusCode)
            {
                await AfterRefusalAsync(response, transfers, address, retry, cancellation);
                return;
            }

            if (Fault(response, remote, transfer) is { } fault)
            {
                await retry.AfterAsync(Errors.BadHubAnswer(remote.Subject.Where, fault), cancellation);
                return;
            }

            if (response.StatusCode != HttpStatusCode.PartialContent && !whole && !transfers.TakeWhole(transfer))
            {
                return;
            }

            await using Stream body = await response.Content.ReadAsStreamAsync(cancellation);
            await transfer.CopyAsync(body, settings.DownloadTimeout, cancellation);
        }
        catch (Exception e) when (Retry.IsConnectionLoss(e, cancellation))
        {
            // What drips has arrived too, and counts as nothing, in one answer or in many: it would be waited for without end.
            if (transfer.HasComeFarSince(before) && e is not TimeoutException)
            {
                retry.Reset();
            }

            await retry.AfterAsync(e, cancellation);
        }
    }

    // A signed address ends; the Hub gives another. A range that is refused may mean the same: the address answers for another content.
    private async Task AfterRefusalAsync(HttpResponseMessage response, ContentTransfers transfers, Uri address, Retry retry, CancellationToken cancellation)
    {
        CheckpointException refusal = http.Refusal(response, transfers.Remote.Subject);
        bool mayHaveEnded = response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized or HttpStatusCode.NotFound or HttpStatusCode.Gone
            or HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.BadRequest;
        if (mayHaveEnded && await transfers.Location.RenewAsync(address, cancellation))
        {
            await retry.AfterAsync(refusal, cancellation);
            return;
        }

        await retry.AfterAsync(response, refusal, cancellation);
    }

    private static string? Fault(HttpResponseMessage response, RemoteFile remote, ContentTransfer transfer)
    {
        ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
        return response.StatusCode == HttpStatusCode.PartialContent && (range?.From != transfer.At || (range.Length is { } length && length != remote.Size)) ? "it sends another range than was asked for"
            : response.StatusCode == HttpStatusCode.OK && response.Content.Headers.ContentLength is { } all && all != remote.Size ? "it sends another size than it stated"
            : response.Content.Headers.ContentEncoding.Any(e => e != "identity") ? "it encodes the content"
            : null;
    }
}
