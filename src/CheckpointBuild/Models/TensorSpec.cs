using CheckpointBuild.Tensors;

namespace CheckpointBuild.Models;

/// <summary>A tensor that a model of a configuration has.</summary>
/// <param name="Role">What it is.</param>
/// <param name="Name">What Hugging Face calls it.</param>
/// <param name="Shape">Its shape.</param>
public sealed record TensorSpec(TensorRole Role, string Name, Shape Shape);
