namespace CheckpointBuild.Building.Torchtune;

/// <summary>What is saved at the end of an epoch.</summary>
public enum SaveKind
{
    /// <summary>The model, and the adapter where there is one.</summary>
    Final,

    /// <summary>The same, and everything else in the state, so that training can go on from there.</summary>
    Intermediate,

    /// <summary>The adapter alone.</summary>
    AdapterOnly,

    /// <summary>The adapter, and everything else in the state but the model, so that training can go on from there beside the model that it began with.</summary>
    IntermediateAdapterOnly,
}
