namespace CheckpointBuild.Building.Quality;

/// <summary>The type that one tensor got.</summary>
/// <param name="Tensor">What the file calls it.</param>
/// <param name="DType">The type.</param>
/// <param name="ExpectedDivergence">What it was expected to cost, in nats.</param>
public sealed record ChosenType(string Tensor, string DType, double ExpectedDivergence);
