using System.Collections.Immutable;

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

    /// <summary>The licence as the source states it, or null.</summary>
    public string? License { get; init; }
}
