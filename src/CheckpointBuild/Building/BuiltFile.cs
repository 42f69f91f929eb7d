namespace CheckpointBuild.Building;

/// <summary>A file that was written.</summary>
/// <param name="Path">Relative to the output directory, with '/'.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">64 hex digits in lower case, or null when it was not hashed.</param>
public sealed record BuiltFile(string Path, long Length, string? Sha256)
{
    /// <summary>What the tensors in it depend on, 64 hex digits: files with equal keys hold equal tensors. Null where there are none, or more than files and recipe decides them.</summary>
    public string? TensorsKey { get; init; }

    /// <summary>The content key of the product whose tensors were taken over; null where they were made from the source.</summary>
    public string? TensorsFrom { get; init; }
}
