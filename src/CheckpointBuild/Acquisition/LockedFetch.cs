using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Acquisition;

/// <summary>Fetches models as a lock file says, and keeps the lock file: what NuGet's restore is to packages.</summary>
/// <param name="feed">Where models come from.</param>
/// <param name="lockFile">The lock file's path.</param>
/// <param name="mode">What may happen to it.</param>
public sealed class LockedFetch(ModelFeed feed, string lockFile, LockMode mode)
{
    /// <summary>Fetches a model.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="observer">Is told how it goes, and what changed in the lock file.</param>
    /// <param name="cancellation">Ends the work; what arrived is kept.</param>
    /// <returns>Where it lies; every file with its SHA-256.</returns>
    /// <exception cref="CheckpointException">CKPT6041 when the name is not locked and must be, CKPT6042 when a file is not what was locked.</exception>
    public async Task<FetchedModel> FetchAsync(FetchRequest request, FetchObserver observer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(observer);
        CheckpointLock known = CheckpointLock.Read(lockFile);
        LockedModel? locked = known.Find(request.Reference.ToString(), request.Revision, request.Files.ToString());
        if (locked is not null && mode != LockMode.Update)
        {
            return await feed.FetchLockedAsync(request, locked, observer, cancellation);
        }

        if (mode == LockMode.Locked)
        {
            throw Errors.NotLocked($"{request.Reference}@{request.Revision}", lockFile, known.Models.Where(m => m.Source == request.Reference.ToString()).Select(m => $"{m.Source}@{m.Revision} {m.Selection}".TrimEnd()));
        }

        FetchedModel fetched = await feed.FetchAsync(Pinned(request, known) with { Timing = FetchTiming.BeforeUse }, observer, cancellation);
        LockedModel entry = await Task.Run(() => Describe(fetched, request, cancellation), cancellation);
        Keep(entry, observer);
        return fetched with { Files = [.. entry.Files.Select(f => new FetchedFile(f.Path, f.Size, f.Sha256))] };
    }

    // Two items that take different files of one revision must not get two commits of it.
    private FetchRequest Pinned(FetchRequest request, CheckpointLock known) =>
        mode != LockMode.Update && known.Models.FirstOrDefault(m => m.Source == request.Reference.ToString() && m.Revision == request.Revision) is { } other
            ? request with { Revision = other.Commit }
            : request;

    // Every hash is computed from the bytes that lie here, whoever brought them.
    private static LockedModel Describe(FetchedModel fetched, FetchRequest request, CancellationToken cancellation)
    {
        ImmutableArray<LockedFile> files =
        [
            .. fetched.Files.Select(file =>
            {
                cancellation.ThrowIfCancellationRequested();
                string path = Path.Combine(fetched.Folder, file.Path);
                string found = FileSha256(path);
                return file.Sha256 is { } expected && expected != found ? throw Errors.SourceNotAsLocked(path, found, expected) : new LockedFile(file.Path, file.Size, found);
            }),
        ];
        return new LockedModel(request.Reference.ToString(), request.Revision, request.Files.ToString(), fetched.Commit, files) { License = fetched.License };
    }

    // Read again before it is written: another target framework's build may have added its own.
    private void Keep(LockedModel entry, FetchObserver observer)
    {
        CheckpointLock now = CheckpointLock.Read(lockFile);
        string name = $"{entry.Source}@{entry.Revision}";
        LockedModel? before = now.Models.FirstOrDefault(m => m.IsFor(entry));
        string difference = before?.Difference(entry) ?? $"locked at {entry.Commit}";
        observer.Say(difference.Length == 0 ? $"{name}: unchanged in {Path.GetFileName(lockFile)}" : $"{name}: {difference} ({Path.GetFileName(lockFile)})");
        now.With(entry).Write(lockFile);
    }

    /// <summary>SHA-256 of a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>64 hex digits in lower case.</returns>
    internal static string FileSha256(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CannotRead(path, e);
        }
    }
}
