using System.Collections.Immutable;

namespace CheckpointBuild.Acquisition;

/// <summary>A file of a model in a package.</summary>
/// <param name="Path">Below the model's folder, with '/'.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">64 hex digits in lower case.</param>
/// <param name="Pieces">Where its bytes lie, in order.</param>
public sealed record PackedFile(string Path, long Size, string Sha256, ImmutableArray<PackedPiece> Pieces);
