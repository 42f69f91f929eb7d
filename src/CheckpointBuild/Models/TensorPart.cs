namespace CheckpointBuild.Models;

/// <summary>Which part of a layer's operation a tensor is.</summary>
public enum TensorPart
{
    /// <summary>What the input is multiplied by.</summary>
    Weight,

    /// <summary>What is added after that.</summary>
    Bias,
}
