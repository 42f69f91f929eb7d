namespace CheckpointBuild.Formats;

/// <summary>A file that is there already and holds, byte for byte, what a plan would write.</summary>
/// <param name="FullPath">Where it lies. Nobody writes into it any more.</param>
/// <param name="Sha256">64 hex digits in lower case.</param>
internal sealed record FinishedFile(string FullPath, string Sha256);
