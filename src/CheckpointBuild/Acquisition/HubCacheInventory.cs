using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>What lies in the shared cache, whether it is what it was, and what nobody needs.</summary>
/// <param name="settings">Where the cache lies.</param>
public sealed class HubCacheInventory(HubSettings settings)
{
    private const string Prefix = "models--";

    /// <summary>Every model in the cache.</summary>
    /// <returns>In ordinal order of names.</returns>
    public ImmutableArray<CachedModel> List() => !Directory.Exists(settings.CacheFolder) ? [] :
    [
        .. Directory.EnumerateDirectories(settings.CacheFolder, Prefix + "*").Order(StringComparer.Ordinal).Select(folder => new CachedModel(
            Path.GetFileName(folder)[Prefix.Length..].Replace("--", "/", StringComparison.Ordinal),
            folder,
            Files(folder, "blobs").Sum(f => f.Length),
            Files(folder, "refs").ToImmutableSortedDictionary(f => Path.GetRelativePath(Path.Combine(folder, "refs"), f.FullName).Replace('\\', '/'), f => File.ReadAllText(f.FullName).Trim(), StringComparer.Ordinal),
            [.. Snapshots(folder)])),
    ];

    /// <summary>Reads every content of a model and holds it against its name.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellation">Looked at between files.</param>
    /// <returns>The files that are not what their name says, each with what it hashes to.</returns>
    public IEnumerable<(string Path, string Found)> Damaged(CachedModel model, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        foreach (FileInfo blob in Files(model.Folder, "blobs").Where(f => ContentIdentity.IsHash(f.Name)))
        {
            cancellation.ThrowIfCancellationRequested();
            string found = HashOf(blob, new ContentIdentity(blob.Name));
            if (found != blob.Name)
            {
                yield return (blob.FullName, found);
            }
        }
    }

    /// <summary>Finds what no branch or tag needs: commits that none of them names, contents that no remaining commit links to, and downloads that were given up.</summary>
    /// <param name="model">The model.</param>
    /// <returns>Folders of commits, contents and partial files.</returns>
    public ImmutableArray<string> Unneeded(CachedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        string[] left = [.. model.Commits.Where(c => model.Revisions.Values.Contains(c, StringComparer.Ordinal))];
        HashSet<string> linked = [.. left.SelectMany(c => Files(model.Folder, Path.Combine("snapshots", c))).Select(f => f.LinkTarget is { } target ? Path.GetFileName(target) : f.Name)];
        return
        [
            .. model.Commits.Except(left, StringComparer.Ordinal).Select(c => Path.Combine(model.Folder, "snapshots", c)),
            .. Files(model.Folder, "blobs").Where(f => !linked.Contains(f.Name)).Select(f => f.FullName),
        ];
    }

    /// <summary>Deletes what <see cref="Unneeded"/> found, unless another process is fetching it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="paths">What to delete.</param>
    /// <returns>When it is deleted.</returns>
    /// <exception cref="CheckpointException">CKPT6030 when something cannot be deleted.</exception>
    public async Task DeleteAsync(CachedModel model, IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(paths);
        var cache = new HubCache(settings, model.Name);
        foreach (string path in paths)
        {
            try
            {
                string content = Path.GetFileName(path).Split('.')[0];
                using CacheLock? one = ContentIdentity.IsHash(content) && File.Exists(path) ? await CacheLock.TakeAsync(cache.LockFile(new ContentIdentity(content)), CancellationToken.None) : null;
                if (Directory.Exists(path))
                {
                    Directory.Delete(path, recursive: true);
                }
                else
                {
                    File.Delete(path);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Errors.CacheNotWritable(path, e);
            }
        }
    }

    /// <summary>Deletes files of a fetched model again, and their contents unless another commit has them too.</summary>
    /// <param name="model">The model.</param>
    /// <param name="paths">Below its folder.</param>
    /// <returns>When they are deleted.</returns>
    /// <exception cref="CheckpointException">CKPT6030 when something cannot be deleted.</exception>
    public async Task DropAsync(FetchedModel model, IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(paths);
        CachedModel? cached = List().FirstOrDefault(m => m.Name == model.Reference.Name);
        if (cached is null)
        {
            return;
        }

        string[] links = [.. paths.Select(p => Path.Combine(model.Folder, p)).Where(File.Exists)];

        // Where links are not made, a snapshot holds a copy, and the content lies beside it under its hash.
        HashSet<string?> hashes = [.. model.Files.Where(f => paths.Contains(f.Path)).Select(f => f.Sha256)];
        string[] contents =
        [
            .. links.Select(l => new FileInfo(l).ResolveLinkTarget(returnFinalTarget: true)?.FullName).OfType<string>()
                .Union(Files(cached.Folder, "blobs").Where(f => hashes.Contains(f.Name)).Select(f => f.FullName)),
        ];
        await DeleteAsync(cached, links);
        HashSet<string> others = [.. cached.Commits.SelectMany(c => Files(cached.Folder, Path.Combine("snapshots", c))).Select(f => f.LinkTarget).OfType<string>().Select(t => Path.GetFileName(t))];
        await DeleteAsync(cached, contents.Where(c => !others.Contains(Path.GetFileName(c))));

        // What was read while it arrived may be there in parts: a product of the store needs no more than headers.
        await DeleteAsync(cached, Files(cached.Folder, "blobs").Where(f => f.Name.Contains(".ckpt.", StringComparison.Ordinal) && hashes.Contains(f.Name.Split('.')[0])).Select(f => f.FullName));
    }

    private static IEnumerable<string> Snapshots(string folder)
    {
        string snapshots = Path.Combine(folder, "snapshots");
        return Directory.Exists(snapshots) ? Directory.EnumerateDirectories(snapshots).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal) : [];
    }

    private static IEnumerable<FileInfo> Files(string folder, string below)
    {
        string path = Path.Combine(folder, below);
        return Directory.Exists(path) ? new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(f => f.FullName, StringComparer.Ordinal) : [];
    }

    private static string HashOf(FileInfo file, ContentIdentity identity)
    {
        try
        {
            using var hash = new ContentHash(identity, file.Length);
            using FileStream stream = file.OpenRead();
            byte[] buffer = new byte[1 << 20];
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                hash.Append(buffer.AsSpan(0, read));
            }

            return hash.Finish();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CannotRead(file.FullName, e);
        }
    }
}
