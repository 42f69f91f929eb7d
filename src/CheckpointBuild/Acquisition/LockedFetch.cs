using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Acquisition;

/// <summary>Fetches models as a lock file says, and keeps the lock file: what NuGet's restore is to packages. One serves all names of a project, so that a revision means one commit.</summary>
/// <param name="feed">Where models come from.</param>
/// <param name="lockFile">The lock file's path.</param>
/// <param name="mode">What may happen to it.</param>
public sealed class LockedFetch(ModelFeed feed, string lockFile, LockMode mode)
{
    /// <summary>What names resolved to; shared by those that serve one project at one time, so that a branch which moves meanwhile is one commit for all of them.</summary>
    internal ConcurrentDictionary<(string Source, string Revision), string> Resolved { get; init; } = new();

    /// <summary>Fetches a model. One that is locked now, and whose weights come while they are used, is written into the lock file by <see cref="FetchedModel.KeepAsync"/>: every hash there is of bytes that were here.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="observer">Is told how it goes, and what changed in the lock file.</param>
    /// <param name="cancellation">Ends the work; what arrived is kept.</param>
    /// <returns>Where it lies; every file with its SHA-256.</returns>
    /// <exception cref="CheckpointException">CKPT6041 when the name is not locked and must be, CKPT6042 when a file is not what was locked, CKPT6046 when the project references another version, CKPT6045 when the lock file cannot be written.</exception>
    public async Task<FetchedModel> FetchAsync(FetchRequest request, FetchObserver observer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(observer);
        CheckpointLock known = CheckpointLock.Read(lockFile);
        LockedModel? locked = known.Find(request.Reference.ToString(), request.Revision, request.Files.ToString());
        if (locked is not null && mode != LockMode.Update && known.Models.FirstOrDefault(m => m.Source == locked.Source && m.Revision == locked.Revision && m.Commit != locked.Commit) is { } other)
        {
            throw Errors.LockDamaged(lockFile, $"'{locked.Source}' at '{locked.Revision}' is two commits, {locked.Commit} and {other.Commit}; a merge may have left one of them");
        }

        bool hasMoved = locked is not null && feed.VersionInUse(request) is { } version && version != locked.Commit;
        if (hasMoved && mode == LockMode.Locked)
        {
            throw Errors.ReferenceMoved(request.Reference.ToString(), feed.VersionInUse(request)!, locked!.Commit, lockFile);
        }

        if (locked is not null && mode != LockMode.Update && !hasMoved)
        {
            return await feed.FetchLockedAsync(request, locked, observer, cancellation);
        }

        if (mode == LockMode.Locked)
        {
            throw Errors.NotLocked($"{request.Reference}@{request.Revision}", lockFile, known.Models.Where(m => m.Source == request.Reference.ToString()).Select(m => $"{m.Source}@{m.Revision} {m.Selection}".TrimEnd()));
        }

        FetchedModel fetched = await feed.FetchAsync(Pinned(request, hasMoved ? CheckpointLock.Empty : known) with { NeedsLicense = true, ReadsFound = true }, observer, cancellation);
        Resolved.TryAdd((request.Reference.ToString(), request.Revision), fetched.Commit);
        if (mode == LockMode.ReadOnly)
        {
            return fetched;
        }

        LockedModel entry = await Task.Run(() => Describe(fetched, request, cancellation), cancellation);
        ImmutableArray<FetchedFile> files = [.. entry.Files.Zip(fetched.Files, (f, there) => there with { Sha256 = f.Sha256 })];
        if (fetched.IsFromCacheAlone)
        {
            // What a cache remembers depends on the machine; a lock file must not.
            observer.Say($"{entry.Source}@{entry.Revision}: not added to {Path.GetFileName(lockFile)}, because the source could not be asked; run 'ckpt restore' with the network");
        }
        else if (fetched.Files.Any(f => f.Arriving is not null))
        {
            return fetched with { Files = files, Keep = token => KeepAsync(entry, observer, token) };
        }
        else
        {
            await KeepAsync(entry, observer, cancellation);
        }

        return fetched with { Files = files };
    }

    /// <summary>After an update: names the entries that nothing of a project stands for. They stay, because another project or configuration beside it may need them; what would make two commits of one revision goes.</summary>
    /// <param name="lockFile">The lock file's path.</param>
    /// <param name="names">What the project names: source, revision and selection of each.</param>
    /// <param name="say">Is told of them.</param>
    /// <param name="cancellation">Ends the waiting for another process.</param>
    /// <returns>When the file is right.</returns>
    /// <exception cref="CheckpointException">CKPT6045 when the lock file cannot be written.</exception>
    internal static async Task NameOthersAsync(string lockFile, IReadOnlySet<(string Source, string Revision, string Selection)> names, Action<string> say, CancellationToken cancellation)
    {
        using CacheLock one = await TakeAsync(lockFile, cancellation);
        CheckpointLock now = CheckpointLock.Read(lockFile);
        ILookup<bool, LockedModel> models = now.Models.ToLookup(m => names.Contains((m.Source, m.Revision, m.Selection)));
        LockedModel[] old = [.. models[false].Where(m => models[true].Any(n => n.Source == m.Source && n.Revision == m.Revision && n.Commit != m.Commit))];
        foreach (LockedModel other in models[false])
        {
            string name = $"{other.Source}@{other.Revision} {other.Selection}".TrimEnd();
            say(old.Contains(other) ? $"{name}: is of an older commit than what was updated, and leaves {Path.GetFileName(lockFile)}; who needs it restores it again"
                : $"{name}: no item here names it; it stays in {Path.GetFileName(lockFile)} for other projects and configurations, and may be taken out where there are none");
        }

        if (old.Length > 0)
        {
            new CheckpointLock([.. now.Models.Except(old)]).Write(lockFile);
        }
    }

    // Two items that take different files of one revision must not get two commits of it.
    private FetchRequest Pinned(FetchRequest request, CheckpointLock known)
    {
        string source = request.Reference.ToString();
        string? commit = Resolved.GetValueOrDefault((source, request.Revision))
            ?? (mode == LockMode.Update ? null : known.Models.FirstOrDefault(m => m.Source == source && m.Revision == request.Revision)?.Commit);
        return commit is null ? request : request with { Revision = commit };
    }

    // A hash that was stated was held against the bytes by this very fetch; the others are computed from the bytes that lie here, whoever brought them.
    private static LockedModel Describe(FetchedModel fetched, FetchRequest request, CancellationToken cancellation)
    {
        ImmutableArray<LockedFile> files =
        [
            .. fetched.Files.Select(file => new LockedFile(file.Path, file.Size, file.Sha256 ?? FileDigest.Sha256(Path.Combine(fetched.Folder, file.Path), cancellation))),
        ];
        return new LockedModel(request.Reference.ToString(), request.Revision, request.Files.ToString(), fetched.Commit, files) { License = fetched.License };
    }

    // Read again before it is written: another target framework's build may have added its own.
    private async Task KeepAsync(LockedModel entry, FetchObserver observer, CancellationToken cancellation)
    {
        using CacheLock one = await TakeAsync(lockFile, cancellation);
        CheckpointLock now = CheckpointLock.Read(lockFile);
        string name = $"{entry.Source}@{entry.Revision}";
        LockedModel? before = now.Models.FirstOrDefault(m => m.IsFor(entry));
        string difference = before?.Difference(entry) ?? $"locked at {entry.Commit}";
        observer.Say(difference.Length == 0 ? $"{name}: unchanged in {Path.GetFileName(lockFile)}" : $"{name}: {difference} ({Path.GetFileName(lockFile)})");
        now.With(entry).Write(lockFile);
    }

    // Beside the file it would stand in the user's sources for good: what is locked cannot be deleted without a race.
    private static Task<CacheLock> TakeAsync(string lockFile, CancellationToken cancellation) => CacheLock.TakeAsync(
        Path.Combine(Path.GetTempPath(), $"checkpointbuild-{Environment.UserName}", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(lockFile))))[..32] + ".lock"), cancellation);
}
