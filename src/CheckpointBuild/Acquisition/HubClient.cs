using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>The Hugging Face Hub: models by name, into the cache that is shared with the official client, every byte that is fetched verified.</summary>
/// <remarks>Protocol and layout are read from the official client's source and held against its recorded requests. Dispose it to close its connections; what is still arriving ends with them.</remarks>
public sealed class HubClient : ModelFeed, IDisposable
{
    private readonly HubSettings _settings;
    private readonly HubHttp _http;
    private readonly HubListing _listing;
    private readonly ContentDownload _download;
    private readonly List<Arrivals> _arriving = [];

    /// <summary>Opens nothing yet.</summary>
    /// <param name="settings">How the Hub is reached and where the cache lies.</param>
    public HubClient(HubSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _http = new HubHttp(settings);
        _listing = new HubListing(_http, settings);
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
        _http.Say = observer.Say;
        var cache = new HubCache(_settings, request.Reference.Name);
        if (request.LocalFolder is null && !request.NeedsLicense && !request.Files.Names.IsEmpty)
        {
            return await FetchNamedAsync(request, cache, observer, cancellation);
        }

        var subject = new HubSubject(request.Reference.Name, request.Revision);
        (string commit, string? license) = await _listing.ResolveAsync(subject, cache, request.NeedsLicense, cancellation);
        subject = subject with { Revision = commit };
        string place = request.LocalFolder is { } local ? Path.GetFullPath(local) : cache.Snapshot(commit);
        var work = new FetchWork(request.LocalFolder is null ? new CacheTarget(cache, _download) : new FolderTarget(place, _download), observer, request);
        (ImmutableArray<HubFile> listed, bool isWhole) = await _listing.ListAsync(subject, work.Target, cancellation);
        ImmutableArray<HubFile> files = request.Files.Of(listed, subject.Where, observer.Warn);
        if (!isWhole)
        {
            RefuseOffline(subject, [.. request.Files.Lacking([.. files.Select(f => f.Path)], path => Path.Combine(place, path))]);
        }

        WantedFile[] missing = await FoundFiles.MissingAsync([.. files.Select(f => f.Wanted)], commit, work, _settings.Offline, cancellation);
        IReadOnlyDictionary<string, ArrivingContent> arriving = await FetchEachAsync(subject, missing, work, (remote, file) =>
        {
            if (remote.Identity != file.Identity || remote.Size != file.Size)
            {
                throw Errors.ContentChanged(remote.Subject.Where, $"{file.Identity} ({file.Size} bytes)", $"{remote.Identity.Hex} ({remote.Size} bytes)");
            }
        }, cancellation);
        return new FetchedModel(request.Reference, place, commit, [.. files.Select(f => new FetchedFile(f.Path, f.Size, f.LfsSha256) { Arriving = arriving.GetValueOrDefault(f.Path) }).OrderBy(f => f.Path, StringComparer.Ordinal)])
        {
            License = license,
            Brought = [.. missing.Select(f => f.Path)],
            IsFromCacheAlone = _settings.Offline,
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
        _http.Say = observer.Say;
        var cache = new HubCache(_settings, request.Reference.Name);
        var subject = new HubSubject(request.Reference.Name, locked.Commit);
        var work = new FetchWork(new CacheTarget(cache, _download), observer, request);
        WantedFile[] missing = await FoundFiles.MissingAsync([.. locked.Files.Select(f => new WantedFile(f.Path, f.Size, new ContentIdentity(f.Sha256)))], locked.Commit, work, _settings.Offline, cancellation);
        var small = new ConcurrentBag<WantedFile>();
        IReadOnlyDictionary<string, ArrivingContent> arriving = await FetchEachAsync(subject, missing, work, (remote, file) =>
        {
            if (remote.Size != file.Size || (remote.Identity.IsSha256 && remote.Identity != file.Identity))
            {
                throw Errors.NotAsLocked(remote.Subject.Where, $"{remote.Identity.Hex} ({remote.Size} bytes)", $"{file.Identity} ({file.Size} bytes)");
            }

            if (!remote.Identity.IsSha256)
            {
                small.Add(file);
            }
        }, cancellation);
        foreach (WantedFile file in small)
        {
            string found = ContentHash.Of(Path.Combine(cache.Snapshot(locked.Commit), file.Path), file.Identity!.Value, cancellation);
            if (found != file.Identity.Value.Hex)
            {
                throw Errors.NotAsLocked((subject with { File = file.Path }).Where, found, file.Identity.Value.Hex);
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

    // A few files by name, of whatever kind: no list is asked for, each file's own answer names the commit.
    private async Task<FetchedModel> FetchNamedAsync(FetchRequest request, HubCache cache, FetchObserver observer, CancellationToken cancellation)
    {
        var work = new FetchWork(new CacheTarget(cache, _download), observer, request);
        string revision = request.Revision;
        var fetched = new List<FetchedFile>();
        var brought = new List<RemoteFile>();
        foreach (string name in request.Files.Names)
        {
            var subject = new HubSubject(request.Reference.Name, revision, name);
            if (!HubTree.IsSafe(name))
            {
                throw Errors.BadHubPath(subject.Where, name);
            }

            string? known = HubCache.IsCommit(revision) || _settings.Offline ? cache.Commit(revision) : null;
            if (known is not null && cache.Found(known, name) is { } there && (await FoundFiles.MissingAsync([there.Wanted], known, work, _settings.Offline, cancellation)).Length == 0)
            {
                revision = known;
                fetched.Add(new FetchedFile(name, there.Size, there.LfsSha256));
                continue;
            }

            RefuseOffline(subject with { File = null }, [name]);
            RemoteFile remote = await _http.HeadAsync(subject, cancellation, commit => cache.KeepAbsence(revision, commit, name));
            cache.KeepCommit(revision, remote.Commit);
            revision = remote.Commit;
            brought.Add(remote);
            fetched.Add(new FetchedFile(name, remote.Size, remote.Identity.IsSha256 ? remote.Identity.Hex : null));
        }

        FetchCounter counter = Begin(work, new HubSubject(request.Reference.Name, revision), [.. brought.Select(r => new WantedFile(r.Subject.File!, r.Size, r.Identity))]);
        foreach (RemoteFile remote in brought)
        {
            await work.Target.FetchAsync(remote, counter.Add, cancellation);
        }

        return new FetchedModel(request.Reference, cache.Snapshot(revision), revision, [.. fetched.OrderBy(f => f.Path, StringComparer.Ordinal)])
        {
            Brought = [.. brought.Select(r => r.Subject.File!)],
            IsFromCacheAlone = _settings.Offline,
        };
    }

    // What it takes is said and looked for before the first byte.
    private static FetchCounter Begin(FetchWork work, HubSubject subject, WantedFile[] missing)
    {
        (long transferred, long written) = work.Target.Cost(missing);
        if (missing.Length > 0)
        {
            work.Observer.Say(FetchCounter.Announce(subject.Where, missing.Length, transferred));
            work.Target.Prepare(written);
            work.Request.Bringing(work.Target.PathOf(subject.Revision, ""), [.. missing.Select(f => f.Path)]);
        }

        return new FetchCounter(work.Observer, missing.Sum(f => f.Size));
    }

    private async Task<IReadOnlyDictionary<string, ArrivingContent>> FetchEachAsync(HubSubject subject, WantedFile[] missing, FetchWork work, Action<RemoteFile, WantedFile> check, CancellationToken cancellation)
    {
        var arriving = new ConcurrentDictionary<string, ArrivingContent>(StringComparer.Ordinal);
        if (missing.Length == 0)
        {
            return arriving;
        }

        RefuseOffline(subject, [.. missing.Select(f => f.Path)]);
        FetchCounter counter = Begin(work, subject, missing);
        Arrivals? arrivals = work.Request.Timing == FetchTiming.WhileUsed && work.Target is CacheTarget ? new Arrivals(_settings, counter.Add, cancellation) : null;
        _arriving.AddRange(arrivals is null ? [] : [arrivals]);
        var contents = new ConcurrentDictionary<ContentIdentity, string>();
        await Parallel.ForEachAsync(missing, new ParallelOptions { MaxDegreeOfParallelism = _settings.Connections, CancellationToken = cancellation }, async (file, token) =>
        {
            RemoteFile remote = await _http.HeadAsync(subject with { File = file.Path }, token);
            check(remote, file);
            // A content arrives once: a second file of the same would wait for the first one's lock, and the first for whoever reads the second.
            if (arrivals is not null && remote.Identity.IsSha256 && BuildFiles.AreWeights(file.Path) && contents.TryAdd(remote.Identity, file.Path))
            {
                arriving[file.Path] = ((CacheTarget)work.Target).Arrive(remote, arrivals);
            }
            else
            {
                await work.Target.FetchAsync(remote, counter.Add, token);
            }
        });
        arrivals?.Start();
        return arriving;
    }

    private void RefuseOffline(HubSubject subject, IReadOnlyCollection<string> files)
    {
        if (_settings.Offline && files.Count > 0)
        {
            throw Errors.OfflineNeedsFiles(subject.Where, files);
        }
    }
}
