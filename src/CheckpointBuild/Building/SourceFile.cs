namespace CheckpointBuild.Building;

/// <summary>A file that a build read.</summary>
/// <param name="Name">Its name below the checkpoint's folder.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">64 hex digits in lower case.</param>
public sealed record SourceFile(string Name, long Length, string Sha256);
