namespace CheckpointBuild.Formats.Distributed;

/// <summary>Where a piece of a distributed checkpoint lies: a whole file of <c>torch.save</c> within a file.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Offset">Its first byte there.</param>
/// <param name="Length">Its bytes.</param>
internal sealed record DistributedPiece(string File, long Offset, long Length);
