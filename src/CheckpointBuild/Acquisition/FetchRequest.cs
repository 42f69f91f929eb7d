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

    /// <summary>A folder that gets the files themselves instead of the shared cache; null = the cache.</summary>
    public string? LocalFolder { get; init; }
}
