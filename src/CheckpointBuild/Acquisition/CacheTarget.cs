using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace CheckpointBuild.Acquisition;

/// <summary>Files go into the shared cache: the content once, under its hash, and a link to it in the commit's folder.</summary>
/// <remarks>What cannot be written is CKPT6030; what cannot be fetched is as <see cref="ContentDownload"/> says.</remarks>
/// <param name="cache">The repository's place.</param>
/// <param name="download">Fetches contents.</param>
internal sealed class CacheTarget(HubCache cache, ContentDownload download) : IFetchTarget
{
    /// <inheritdoc/>
    public ImmutableArray<HubFile>? Tree(string commit) => cache.Tree(commit);

    /// <inheritdoc/>
    public ImmutableArray<HubFile> Present(string commit) => cache.Present(commit);

    /// <inheritdoc/>
    public void KeepTree(string commit, IReadOnlyList<HubFile> files) => cache.KeepTree(commit, files);

    /// <inheritdoc/>
    public bool Has(string commit, WantedFile file) => cache.Has(commit, file.Path, file.Size);

    /// <inheritdoc/>
    public string PathOf(string commit, string path) => System.IO.Path.Combine(cache.Snapshot(commit), path);

    /// <inheritdoc/>
    public (long Transferred, long Written) Cost(IEnumerable<WantedFile> files)
    {
        long transferred = 0;
        long copied = 0;
        bool makesLinks = cache.MakesLinks();
        foreach (IGrouping<ContentIdentity?, WantedFile> content in files.GroupBy(f => f.Identity))
        {
            // A file that nobody has named is a content of its own; of the others one is transferred, whatever it is called.
            foreach (WantedFile file in content.Key is null ? content : content.Take(1))
            {
                long left = file.Identity is { } identity ? HubCache.LengthOf(cache.Blob(identity)) == file.Size ? (file.IsDamaged ? file.Size : 0) : PartialFile.Left(cache.Blob(identity), identity, file.Size) : file.Size;
                transferred = checked(transferred + left);
            }

            copied = checked(copied + (makesLinks ? 0 : content.Sum(f => f.Size)));
        }

        return (transferred, checked(transferred + copied));
    }

    /// <inheritdoc/>
    public void Prepare(long bytes)
    {
        cache.WriteTag();
        cache.RemoveLeftovers();
        FreeSpace.Require(cache.Root, bytes, download.FreeBytes);
    }

    /// <summary>Has a content arrive while it is read.</summary>
    /// <param name="remote">The file.</param>
    /// <param name="arrivals">The model's other contents.</param>
    /// <returns>The file on its way.</returns>
    public ArrivingContent Arrive(RemoteFile remote, Arrivals arrivals)
    {
        cache.MakeSnapshot(remote.Commit);
        return arrivals.Add(new ArrivingContent(remote, cache, download, arrivals));
    }

    /// <inheritdoc/>
    public async Task FetchAsync(RemoteFile remote, Action<long> progress, CancellationToken cancellation)
    {
        string blob = cache.Blob(remote.Identity);
        cache.WriteTag();

        // Linked while the content's lock is held: nobody who cleans up takes it away in between.
        using CacheLock one = await CacheLock.TakeAsync(cache.LockFile(remote.Identity), cancellation);
        if (await Task.Run(() => IsThere(blob, remote, cancellation), cancellation))
        {
            progress(remote.Size);
        }
        else
        {
            await download.FetchAsync(remote, new ContentPlace(one, blob, blob), progress, cancellation);
        }

        cache.Point(remote.Commit, remote.Subject.File!, remote.Identity);
    }

    // Others bring contents too, and verify nothing: whatever gets a name in a commit was read once.
    private static bool IsThere(string blob, RemoteFile remote, CancellationToken cancellation) =>
        HubCache.LengthOf(blob) == remote.Size && ContentHash.Of(blob, remote.Identity, cancellation) == remote.Identity.Hex;
}
