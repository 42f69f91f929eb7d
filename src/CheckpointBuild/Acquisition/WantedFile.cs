namespace CheckpointBuild.Acquisition;

/// <summary>A file that belongs to what is fetched.</summary>
/// <param name="Path">Below the repository's root, with '/'.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Identity">What it must hash to; null where nobody has said.</param>
internal sealed record WantedFile(string Path, long Size, ContentIdentity? Identity)
{
    /// <summary>Whether another content lies in its place: all of it is fetched again.</summary>
    public bool IsDamaged { get; init; }

    // Beyond what a repository may hold of files that are known by Git's SHA-1 alone; it is hashed in a moment.
    private const long MostSmallBytes = 16 << 20;

    /// <summary>Whether it is hashed each time, even where nobody asks for that: no build holds such a file against a SHA-256 that the Hub states.</summary>
    public bool IsSmall => Identity is { IsSha256: false } || Size <= MostSmallBytes;
}
