using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects;

/// <summary>A file that belongs to a checkpoint which was fetched by name.</summary>
/// <param name="Name">Below the checkpoint's folder, with '/'.</param>
/// <param name="Sha256">What it must hash to, 64 hex digits in lower case; null where nobody said.</param>
public sealed record ExpectedFile(string Name, string? Sha256)
{
    /// <summary>The file while it is on its way; null where it lies in the folder.</summary>
    public ArrivingSource? Arriving { get; init; }
}
