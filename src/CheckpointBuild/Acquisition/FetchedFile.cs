using CheckpointBuild.Tensors;

namespace CheckpointBuild.Acquisition;

/// <summary>A file that lies in a fetched folder.</summary>
/// <param name="Path">Below the folder, with '/'.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">What the content must hash to, 64 hex digits; null where it is only known by Git's SHA-1.</param>
public sealed record FetchedFile(string Path, long Size, string? Sha256)
{
    /// <summary>The file while it is on its way (<see cref="FetchTiming.WhileUsed"/>); null where it lies there.</summary>
    public ArrivingSource? Arriving { get; init; }
}
