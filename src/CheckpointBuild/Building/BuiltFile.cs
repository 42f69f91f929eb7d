namespace CheckpointBuild.Building;

/// <summary>A file that was written.</summary>
/// <param name="Path">Relative to the output directory, with '/'.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">64 hex digits in lower case, or null when it was not hashed.</param>
public sealed record BuiltFile(string Path, long Length, string? Sha256);
