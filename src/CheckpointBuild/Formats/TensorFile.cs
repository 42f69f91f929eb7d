using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>What one file of a container format holds.</summary>
/// <param name="Tensors">In file order.</param>
/// <param name="Metadata">In file order.</param>
public sealed record TensorFile(TensorTable Tensors, Metadata Metadata);
