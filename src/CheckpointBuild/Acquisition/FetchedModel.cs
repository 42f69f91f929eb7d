using System;
using System.Collections.Immutable;
using System.Threading;
using System.Threading.Tasks;

namespace CheckpointBuild.Acquisition;

/// <summary>A model that lies on this machine.</summary>
/// <param name="Reference">What was asked for.</param>
/// <param name="Folder">Where it lies; may hold more files than belong to it.</param>
/// <param name="Commit">What the revision resolved to, 40 hex digits; of a package, its version.</param>
/// <param name="Files">The files that belong to it, in ordinal order of paths.</param>
public sealed record FetchedModel(ModelReference Reference, string Folder, string Commit, ImmutableArray<FetchedFile> Files)
{
    /// <summary>What the model is called.</summary>
    public string Name { get; init; } = Reference.ShortName;

    /// <summary>Paths of those files that were not there before, below the folder.</summary>
    public ImmutableArray<string> Brought { get; init; } = [];

    /// <summary>Whether the source was not asked: what the revision is, which files it has and which licence is what the cache remembers.</summary>
    public bool IsFromCacheAlone { get; init; }

    /// <summary>What is left to do when everything has arrived.</summary>
    internal Func<CancellationToken, Task>? Keep { get; init; }

    /// <summary>The licence as the source states it, or null.</summary>
    public string? License { get; init; }

    /// <summary>Has what was not read brought too, and writes the lock file where this fetch is the first; nothing is left to do where a lock file describes the model already.</summary>
    /// <param name="cancellation">Ends the work; what arrived is kept.</param>
    /// <returns>When the lock file stands.</returns>
    /// <exception cref="Diagnostics.CheckpointException">6xxx when what arrives is wrong; CKPT6045 when the lock file cannot be written.</exception>
    public async Task KeepAsync(CancellationToken cancellation)
    {
        if (Keep is null)
        {
            return;
        }

        await Task.Run(() => Complete(cancellation), cancellation);
        await Keep(cancellation);
    }

    private void Complete(CancellationToken cancellation)
    {
        foreach (FetchedFile file in Files)
        {
            file.Arriving?.Expect([]);
            file.Arriving?.Complete(cancellation);
        }
    }
}
