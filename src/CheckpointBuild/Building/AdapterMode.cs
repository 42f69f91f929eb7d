namespace CheckpointBuild.Building;

/// <summary>What becomes of a recipe's adapters.</summary>
public enum AdapterMode
{
    /// <summary>They are merged into the weights.</summary>
    Merge,

    /// <summary>They are kept beside the product in its ecosystem's own form, below <c>adapters/</c>.</summary>
    Apart,

    /// <summary>They are the product: written in the ecosystem's own form by themselves, without the base's weights.</summary>
    Alone,
}
