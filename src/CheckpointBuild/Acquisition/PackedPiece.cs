namespace CheckpointBuild.Acquisition;

/// <summary>A run of a packed file's bytes.</summary>
/// <param name="Package">The package that holds it; empty = the one that the manifest stands in.</param>
/// <param name="Path">Its path in that package, with '/'.</param>
/// <param name="Size">Bytes.</param>
public sealed record PackedPiece(string Package, string Path, long Size);
