namespace CheckpointBuild.Building;

/// <summary>What becomes of a recipe's adapters.</summary>
public enum AdapterMode
{
    /// <summary>They are merged into the weights.</summary>
    Merge,

    /// <summary>They are kept beside the product in its ecosystem's own form, below <c>adapters/</c>.</summary>
    Apart,
}
