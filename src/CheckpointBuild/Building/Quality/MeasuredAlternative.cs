namespace CheckpointBuild.Building.Quality;

/// <summary>A way to give types to tensors that was measured in whole.</summary>
/// <param name="Name">A kind of file, <c>measured</c>, or a kind and what was changed of it.</param>
/// <param name="Size">Bytes of the engine's files.</param>
/// <param name="MeanDivergence">Mean divergence from the source, in nats.</param>
/// <param name="PerplexityIncrease">By how much the perplexity rises, as a share.</param>
public sealed record MeasuredAlternative(string Name, long Size, double MeanDivergence, double PerplexityIncrease);
