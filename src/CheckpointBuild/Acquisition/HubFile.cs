namespace CheckpointBuild.Acquisition;

/// <summary>A file of a repository at one commit, as the Hub lists it.</summary>
/// <param name="Path">Below the repository's root, with '/'; checked to stay below it.</param>
/// <param name="Size">Bytes of the content.</param>
/// <param name="BlobId">Git's SHA-1 of what Git keeps: the content, or the pointer to a large file; 40 hex digits.</param>
public sealed record HubFile(string Path, long Size, string BlobId)
{
    /// <summary>SHA-256 of the content of a large file, 64 hex digits; null for a small one.</summary>
    public string? LfsSha256 { get; init; }

    /// <summary>The content's name in the Hub's chunk store; null where it is not there.</summary>
    public string? XetHash { get; init; }

    /// <summary>What stands for <see cref="BlobId"/> where nobody has said what a file is.</summary>
    internal static string UnknownBlob { get; } = new('0', 40);

    /// <summary>What the content must hash to; null where nobody has said.</summary>
    internal ContentIdentity? Identity => LfsSha256 is null && BlobId == UnknownBlob ? null : new(LfsSha256 ?? BlobId);

    /// <summary>The file as it is looked for and fetched.</summary>
    internal WantedFile Wanted => new(Path, Size, Identity);
}
