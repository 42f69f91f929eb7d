using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>The Hugging Face Hub: models by name, into the cache that is shared with the official client, every byte verified.</summary>
/// <remarks>Protocol and layout are read from the official client's source and held against its recorded requests. Dispose it to close its connections; what is still arriving ends with them.</remarks>
public sealed class HubClient : ModelFeed, IDisposable
{
    // Far more than the Hub lists for any repository: a list that goes on is a server's mistake, or worse.
    private const int MostPages = 1000;
    private const int MostFiles = 1 << 18;
    private readonly HubSettings _settings;
    private readonly HubHttp _http;
    private readonly ContentDownload _download;
    private readonly List<Arrivals> _arriving = [];

    /// <summary>Opens nothing yet.</summary>
    /// <param name="settings">How the Hub is reached and where the cache lies.</param>
    public HubClient(HubSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _http = new HubHttp(settings);
        _download = new ContentDownload(_http, settings);
    }

    /// <summary>Fetches what is missing of a model. A commit whose files are all there needs no request.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="observer">Is told how it goes.</param>
    /// <param name="cancellation">Ends the work; what arrived is kept.</param>
    /// <returns>Where it lies.</returns>
    /// <exception cref="CheckpointException">6xxx when it cannot be had.</exception>
    public override async Task<FetchedModel> FetchAsync(FetchRequest request, FetchObserver observer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(observer);
        var cache = new HubCache(_settings, request.Reference.Name);
        if (request.LocalFolder is null && !request.Files.Names.IsEmpty)
        {
            return await FetchNamedAsync(request, cache, observer, cancellation);
        }

        var subject = new HubSubject(request.Reference.Name, request.Revision);
        (string commit, string? license) = await ResolveAsync(subject, cache, request.NeedsLicense, cancellation);
        subject = subject with { Revision = commit };
        string place = request.LocalFolder is { } local ? Path.GetFullPath(local) : cache.Snapshot(commit);
        IFetchTarget target = request.LocalFolder is null ? new CacheTarget(cache, _download) : new FolderTarget(place, _download);
        ImmutableArray<HubFile> files = request.Files.Of(await ListAsync(subject, target, cancellation), subject.Where, observer.Warn);
        HubFile[] missing = [.. files.Where(f => !target.Has(commit, f))];
        IReadOnlyDictionary<string, ArrivingContent> arriving = ImmutableDictionary<string, ArrivingContent>.Empty;
        if (missing.Length > 0)
        {
            RefuseOffline(subject, [.. missing.Select(f => f.Path)]);
            arriving = await FetchEachAsync(subject, [.. missing.Select(f => (f.Path, f.Size))], (target, observer, request.Timing), (remote, index) =>
            {
                if (remote.Identity != missing[index].Identity || remote.Size != missing[index].Size)
                {
                    throw Errors.ContentChanged(remote.Subject.Where, missing[index].Identity.Hex, remote.Identity.Hex);
                }
            }, cancellation);
        }

        return new FetchedModel(request.Reference, place, commit, [.. files.Select(f => new FetchedFile(f.Path, f.Size, f.LfsSha256) { Arriving = arriving.GetValueOrDefault(f.Path) }).OrderBy(f => f.Path, StringComparer.Ordinal)])
        {
            License = license,
            Brought = [.. missing.Select(f => f.Path)],
        };
    }

    /// <summary>Fetches what is missing of a model that a lock file describes: nothing is resolved and nothing is listed.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="locked">What the lock file says of it.</param>
    /// <param name="observer">Is told how it goes.</param>
    /// <param name="cancellation">Ends the work; what arrived is kept.</param>
    /// <returns>Where it lies.</returns>
    /// <exception cref="CheckpointException">CKPT6042 when the server has another content.</exception>
    public override async Task<FetchedModel> FetchLockedAsync(FetchRequest request, LockedModel locked, FetchObserver observer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(locked);
        ArgumentNullException.ThrowIfNull(observer);
        var cache = new HubCache(_settings, request.Reference.Name);
        var subject = new HubSubject(request.Reference.Name, locked.Commit);
        LockedFile[] missing = [.. locked.Files.Where(f => !cache.Has(locked.Commit, f.Path, f.Size))];
        IReadOnlyDictionary<string, ArrivingContent> arriving = ImmutableDictionary<string, ArrivingContent>.Empty;
        if (missing.Length > 0)
        {
            RefuseOffline(subject, [.. missing.Select(f => f.Path)]);
            var target = new CacheTarget(cache, _download);
            var small = new ConcurrentBag<LockedFile>();
            arriving = await FetchEachAsync(subject, [.. missing.Select(f => (f.Path, f.Size))], (target, observer, request.Timing), (remote, index) =>
            {
                LockedFile file = missing[index];
                if (remote.Size != file.Size || (remote.Identity.IsSha256 && remote.Identity.Hex != file.Sha256))
                {
                    throw Errors.NotAsLocked(remote.Subject.Where, $"{remote.Identity.Hex} ({remote.Size} bytes)", $"{file.Sha256} ({file.Size} bytes)");
                }

                if (!remote.Identity.IsSha256)
                {
                    small.Add(file);
                }
            }, cancellation);
            foreach (LockedFile file in small)
            {
                string found = LockedFetch.FileSha256(Path.Combine(cache.Snapshot(locked.Commit), file.Path));
                if (found != file.Sha256)
                {
                    throw Errors.NotAsLocked((subject with { File = file.Path }).Where, found, file.Sha256);
                }
            }
        }

        return new FetchedModel(request.Reference, cache.Snapshot(locked.Commit), locked.Commit, [.. locked.Files.Select(f => new FetchedFile(f.Path, f.Size, f.Sha256) { Arriving = arriving.GetValueOrDefault(f.Path) })])
        {
            License = locked.License,
            Brought = [.. missing.Select(f => f.Path)],
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _arriving.ForEach(a => a.Dispose());
        _download.Dispose();
        _http.Dispose();
    }

    // A few files by name: no list is asked for, each file's own answer names the commit.
    private async Task<FetchedModel> FetchNamedAsync(FetchRequest request, HubCache cache, FetchObserver observer, CancellationToken cancellation)
    {
        var target = new CacheTarget(cache, _download);
        string revision = request.Revision;
        var fetched = new List<FetchedFile>();
        foreach (string name in request.Files.Names)
        {
            var subject = new HubSubject(request.Reference.Name, revision, name);
            if (!HubTree.IsSafe(name))
            {
                throw Errors.BadHubPath(subject.Where, name);
            }

            string? known = HubCache.IsCommit(revision) || _settings.Offline ? cache.Commit(revision) : null;
            if (known is not null && HubCache.LengthOf(Path.Combine(cache.Snapshot(known), name)) is >= 0 and var length)
            {
                revision = known;
                fetched.Add(new FetchedFile(name, length, null));
                continue;
            }

            RefuseOffline(subject with { File = null }, name);
            RemoteFile remote = await _http.HeadAsync(subject, cancellation, commit => cache.KeepAbsence(commit, name));
            cache.KeepCommit(revision, remote.Commit);
            revision = remote.Commit;
            var counter = new FetchCounter(observer, remote.Size);
            await target.FetchAsync(remote, counter.Add, cancellation);
            fetched.Add(new FetchedFile(name, remote.Size, remote.Identity.IsSha256 ? remote.Identity.Hex : null));
        }

        return new FetchedModel(request.Reference, cache.Snapshot(revision), revision, [.. fetched.OrderBy(f => f.Path, StringComparer.Ordinal)]);
    }

    private async Task<(string Commit, string? License)> ResolveAsync(HubSubject subject, HubCache cache, bool needsLicense, CancellationToken cancellation)
    {
        if (HubCache.IsCommit(subject.Revision) && (!needsLicense || _settings.Offline))
        {
            return (subject.Revision, null);
        }

        if (_settings.Offline)
        {
            return (cache.Commit(subject.Revision) ?? throw Errors.OfflineNeedsFiles(subject.Where, []), null);
        }

        (byte[] body, _) = await _http.GetTextAsync(_http.At(HubAddress.Revision(subject)), subject, cancellation);
        (string commit, string? license) = ReadRevision(body, subject);
        cache.KeepCommit(subject.Revision, commit);
        return (commit, license);
    }

    private async Task<ImmutableArray<HubFile>> ListAsync(HubSubject subject, IFetchTarget target, CancellationToken cancellation)
    {
        if (target.Tree(subject.Revision) is { } known)
        {
            return known;
        }

        if (_settings.Offline && target.Present(subject.Revision) is { IsEmpty: false } present)
        {
            return present;
        }

        RefuseOffline(subject);
        var files = new List<HubFile>();
        Uri? page = _http.At(HubAddress.Tree(subject));
        for (int pages = 0; page is not null; pages++)
        {
            if (pages == MostPages || files.Count > MostFiles)
            {
                throw Errors.BadHubAnswer(subject.Where, "its list of files has no end");
            }

            (byte[] body, page) = await _http.GetTextAsync(page, subject, cancellation);
            files.AddRange(HubTree.ReadPage(body, subject));
        }

        if (files.DistinctBy(f => f.Path, StringComparer.Ordinal).Count() != files.Count)
        {
            throw Errors.BadHubAnswer(subject.Where, "it lists a file twice");
        }

        target.KeepTree(subject.Revision, files);
        return [.. files];
    }

    private async Task<IReadOnlyDictionary<string, ArrivingContent>> FetchEachAsync(HubSubject subject, ImmutableArray<(string Path, long Size)> missing, (IFetchTarget Target, FetchObserver Observer, FetchTiming Timing) to, Action<RemoteFile, int> check, CancellationToken cancellation)
    {
        var arriving = new ConcurrentDictionary<string, ArrivingContent>(StringComparer.Ordinal);
        Arrivals? arrivals = to.Timing == FetchTiming.WhileUsed && to.Target is CacheTarget ? new Arrivals(_settings, cancellation) : null;
        _arriving.AddRange(arrivals is null ? [] : [arrivals]);
        var contents = new ConcurrentDictionary<ContentIdentity, string>();
        long bytes = missing.Sum(f => f.Size);
        to.Observer.Say(FetchCounter.Announce(subject.Where, missing.Length, bytes));
        to.Target.Prepare(bytes);
        var counter = new FetchCounter(to.Observer, bytes);
        await Parallel.ForEachAsync(Enumerable.Range(0, missing.Length), new ParallelOptions { MaxDegreeOfParallelism = _settings.Connections, CancellationToken = cancellation }, async (index, token) =>
        {
            RemoteFile remote = await _http.HeadAsync(subject with { File = missing[index].Path }, token);
            check(remote, index);
            // A content arrives once: a second file of the same would wait for the first one's lock, and the first for whoever reads the second.
            if (arrivals is not null && remote.Identity.IsSha256 && BuildFiles.AreWeights(missing[index].Path) && contents.TryAdd(remote.Identity, missing[index].Path))
            {
                arriving[missing[index].Path] = ((CacheTarget)to.Target).Arrive(remote, arrivals);
            }
            else
            {
                await to.Target.FetchAsync(remote, counter.Add, token);
            }
        });
        arrivals?.Start();
        return arriving;
    }

    private void RefuseOffline(HubSubject subject, params string[] files)
    {
        if (_settings.Offline)
        {
            throw Errors.OfflineNeedsFiles(subject.Where, files);
        }
    }

    private static (string Commit, string? License) ReadRevision(byte[] body, HubSubject subject)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            string commit = document.RootElement.GetProperty("sha").GetString() ?? "";
            string? license = document.RootElement.TryGetProperty("cardData", out JsonElement card) && card.ValueKind == JsonValueKind.Object
                && card.TryGetProperty("license", out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            return HubCache.IsCommit(commit) ? (commit, license) : throw new FormatException();
        }
        catch (Exception e) when (ModelJson.IsDamage(e))
        {
            throw Errors.BadHubAnswer(subject.Where, "it names no commit");
        }
    }
}
