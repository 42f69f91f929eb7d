using System;
using System.Collections.Generic;

namespace CheckpointBuild.Acquisition;

/// <summary>What is to be fetched from the Hub.</summary>
/// <param name="Reference">The repository.</param>
/// <param name="Files">Which of its files.</param>
public sealed record FetchRequest(ModelReference Reference, FileSelection Files)
{
    /// <summary>A branch, a tag or a commit.</summary>
    public string Revision { get; init; } = "main";

    /// <summary>Whether the source is asked for its licence although the revision is a commit already.</summary>
    public bool NeedsLicense { get; init; }

    /// <summary>When its large files are there.</summary>
    public FetchTiming Timing { get; init; }

    /// <summary>Whether large files that lie there already are read and held against what the source states, and fetched again where they are damaged; small ones always are.</summary>
    public bool ReadsFound { get; init; }

    /// <summary>Hears of the folder and the paths below it that are about to be brought, before the first byte.</summary>
    internal Action<string, IReadOnlyList<string>> Bringing { get; init; } = (_, _) => { };

    /// <summary>A folder that gets the files themselves instead of the shared cache; null = the cache.</summary>
    public string? LocalFolder { get; init; }
}
