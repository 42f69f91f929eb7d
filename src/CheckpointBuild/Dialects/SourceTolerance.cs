namespace CheckpointBuild.Dialects;

/// <summary>What happens when a source's configuration and weights do not fit each other.</summary>
public enum SourceTolerance
{
    /// <summary>It is refused.</summary>
    Strict,

    /// <summary>It is read as NVIDIA's converter reads it: an unknown architecture by its model type, tensors that nobody knows left out, tensors that are too small filled up with zeros; each is said.</summary>
    Reference,
}
