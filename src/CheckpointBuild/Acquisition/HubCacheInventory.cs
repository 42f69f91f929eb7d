using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>What lies in the shared cache, whether it is what it was, and what nobody needs.</summary>
/// <param name="settings">Where the cache lies.</param>
public sealed class HubCacheInventory(HubSettings settings)
{
    private const string Prefix = "models--";

    /// <summary>Every model in the cache.</summary>
    /// <returns>In ordinal order of names.</returns>
    /// <exception cref="CheckpointException">CKPT1002 when the cache cannot be read.</exception>
    public ImmutableArray<CachedModel> List() => Reading(settings.CacheFolder, () => !Directory.Exists(settings.CacheFolder) ? [] : ImmutableArray.CreateRange(
        Directory.EnumerateDirectories(settings.CacheFolder, Prefix + "*").Order(StringComparer.Ordinal).Select(folder => new CachedModel(
            Path.GetFileName(folder)[Prefix.Length..].Replace("--", "/", StringComparison.Ordinal),
            folder,
            Files(folder, "blobs").Sum(f => Math.Max(0, HubCache.LengthOf(f.FullName))),
            Files(folder, "refs").ToImmutableSortedDictionary(f => Path.GetRelativePath(Path.Combine(folder, "refs"), f.FullName).Replace('\\', '/'), f => File.ReadAllText(f.FullName).Trim(), StringComparer.Ordinal),
            [.. Snapshots(folder)]))));

    /// <summary>Reads every content of a model, and every copy of one in a commit's folder, and holds it against its name or the commit's list.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellation">Looked at between pieces.</param>
    /// <returns>The files that are not what they should be, each with what it hashes to; a link whose content is gone is <c>absent</c>.</returns>
    /// <exception cref="CheckpointException">CKPT1002 when a file cannot be read.</exception>
    public IEnumerable<(string Path, string Found)> Damaged(CachedModel model, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        var cache = new HubCache(settings, model.Name);
        IEnumerable<(string Path, ContentIdentity Identity)> copies =
            from commit in model.Commits
            from file in cache.Tree(commit) ?? []
            let path = Path.Combine(cache.Snapshot(commit), file.Path)
            where file.Identity is not null && new FileInfo(path) is { Exists: true, LinkTarget: null }
            select (path, file.Identity!.Value);
        foreach (FileInfo link in model.Commits.SelectMany(c => Files(cache.Snapshot(c), "")).Where(f => f.LinkTarget is not null && f.ResolveLinkTarget(returnFinalTarget: true) is not { Exists: true }))
        {
            yield return (link.FullName, "absent");
        }

        foreach ((string path, ContentIdentity identity) in Files(model.Folder, "blobs").Where(f => ContentIdentity.IsHash(f.Name)).Select(f => (f.FullName, new ContentIdentity(f.Name))).Concat(copies))
        {
            string found = ContentHash.Of(path, identity, cancellation);
            if (found != identity.Hex)
            {
                yield return (path, found);
            }
        }
    }

    /// <summary>Finds what no branch or tag needs: commits that none of them names with what is known about them, contents that no remaining commit links to, and downloads that were given up.</summary>
    /// <remarks>A commit that only a lock file names, and a download that another process is at, are found too: the cache does not know projects, and <see cref="Delete"/> leaves what is in use.</remarks>
    /// <param name="model">The model.</param>
    /// <returns>Folders of commits, then lists and contents, in the order in which they are to be deleted.</returns>
    public ImmutableArray<string> Unneeded(CachedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        string[] left = [.. model.Commits.Where(c => model.Revisions.Values.Contains(c, StringComparer.Ordinal))];
        string[] gone = [.. model.Commits.Except(left, StringComparer.Ordinal)];
        HashSet<string> linked = Linked(model.Folder, left);
        string[] sides = [.. gone.SelectMany(c => new[] { Path.Combine(model.Folder, "trees", c + ".json"), Path.Combine(model.Folder, ".no_exist", c) }).Where(Path.Exists)];
        return
        [
            .. gone.Select(c => Path.Combine(model.Folder, "snapshots", c)),
            .. sides,
            .. Files(model.Folder, "blobs").Where(f => !linked.Contains(f.Name) && (!HubCache.IsOfOneProcess(f.Name) || HubCache.IsLeftover(f))).Select(f => f.FullName),
        ];
    }

    /// <summary>Deletes what <see cref="Unneeded"/> found, unless somebody is fetching it or a commit has come to link to it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">What to delete.</param>
    /// <returns>Whether it is gone.</returns>
    /// <exception cref="CheckpointException">CKPT6030 when it cannot be deleted.</exception>
    public bool Delete(CachedModel model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(path);
        string content = Path.GetFileName(path).Split('.')[0];
        bool isContent = ContentIdentity.IsHash(content) && Path.GetFileName(Path.GetDirectoryName(path)) == "blobs";
        using CacheLock? one = isContent ? CacheLock.Try(new HubCache(settings, model.Name).LockFile(new ContentIdentity(content))) : null;
        if (isContent && (one is null || Linked(model.Folder, Snapshots(model.Folder)).Contains(Path.GetFileName(path))))
        {
            return false;
        }

        try
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }

            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CacheNotWritable(path, e);
        }
    }

    /// <summary>Deletes files of a fetched model again, and their contents unless another commit has them too.</summary>
    /// <param name="model">The model.</param>
    /// <param name="paths">Below its folder.</param>
    /// <exception cref="CheckpointException">CKPT6030 when something cannot be deleted.</exception>
    public void Drop(FetchedModel model, IReadOnlyCollection<string> paths)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(paths);
        CachedModel? cached = List().FirstOrDefault(m => m.Name == model.Reference.Name);
        if (cached is null)
        {
            return;
        }

        string[] links = [.. paths.Select(p => Path.Combine(model.Folder, p)).Where(p => new FileInfo(p) is { Exists: true } or { LinkTarget: not null })];

        // Where links are not made, a snapshot holds a copy, and the content lies beside it under its hash. Of what was read while it arrived there may be parts: a product of the store needs no more than headers.
        HashSet<string?> contents =
        [
            .. links.Select(l => new FileInfo(l).LinkTarget).OfType<string>().Select(Path.GetFileName),
            .. model.Files.Where(f => paths.Contains(f.Path)).Select(f => f.Sha256),
            .. (new HubCache(settings, model.Reference.Name).Tree(model.Commit) ?? []).Where(f => paths.Contains(f.Path)).Select(f => f.Identity?.Hex),
        ];
        foreach (string path in links.Concat(Files(cached.Folder, "blobs").Where(f => contents.Contains(f.Name.Split('.')[0])).Select(f => f.FullName)))
        {
            Delete(cached, path);
        }
    }

    private static HashSet<string> Linked(string folder, IEnumerable<string> commits) =>
        [.. commits.SelectMany(c => Files(folder, Path.Combine("snapshots", c))).Select(f => f.LinkTarget).OfType<string>().Select(t => Path.GetFileName(t))];

    private static IEnumerable<string> Snapshots(string folder)
    {
        string snapshots = Path.Combine(folder, "snapshots");
        return Directory.Exists(snapshots) ? Directory.EnumerateDirectories(snapshots).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal) : [];
    }

    // A folder that goes while it is looked into holds nothing: somebody cleans up at the same time.
    private static FileInfo[] Files(string folder, string below)
    {
        string path = Path.Combine(folder, below);
        return Reading<FileInfo[]>(path, () =>
        {
            try
            {
                return [.. new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(f => f.FullName, StringComparer.Ordinal)];
            }
            catch (DirectoryNotFoundException)
            {
                return [];
            }
        });
    }

    private static T Reading<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CannotRead(path, e);
        }
    }
}
