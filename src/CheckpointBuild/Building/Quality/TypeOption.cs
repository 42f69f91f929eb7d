using CheckpointBuild.DTypes;

namespace CheckpointBuild.Building.Quality;

/// <summary>One type that a tensor may get.</summary>
/// <param name="Type">The type.</param>
/// <param name="Bytes">What the tensor takes in it.</param>
/// <param name="Loss">The divergence that it is expected to cost, in nats.</param>
internal readonly record struct TypeOption(DType Type, long Bytes, double Loss);
