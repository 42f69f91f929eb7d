using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Threading;
using System.Threading.Tasks;

namespace CheckpointBuild.Acquisition;

/// <summary>Files go into the shared cache: the content once, under its hash, and a link to it in the commit's folder.</summary>
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
    public bool Has(string commit, HubFile file) => cache.Has(commit, file.Path, file.Size);

    /// <inheritdoc/>
    public void Prepare(long bytes)
    {
        cache.WriteTag();
        FreeSpace.Require(cache.Root, bytes);
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
        if (HubCache.LengthOf(blob) == remote.Size)
        {
            progress(remote.Size);
        }
        else
        {
            using CacheLock one = await CacheLock.TakeAsync(cache.LockFile(remote.Identity), cancellation);
            if (HubCache.LengthOf(blob) == remote.Size)
            {
                progress(remote.Size);
            }
            else
            {
                // Without working locks another process may write to the same partial file: it gets a name of its own, and is not resumed.
                string partial = one.Works ? blob : $"{blob}.{Guid.NewGuid():N}";
                await download.FetchAsync(remote, partial, blob, progress, cancellation);
            }
        }

        cache.Point(remote.Commit, remote.Subject.File!, remote.Identity);
    }
}
