namespace CheckpointBuild.Acquisition;

/// <summary>A file of a locked model.</summary>
/// <param name="Path">Below the model's folder, with '/'.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">64 hex digits in lower case, computed from the bytes.</param>
public sealed record LockedFile(string Path, long Size, string Sha256);
