namespace CheckpointBuild.Building;

/// <summary>Whether a kind of GGUF file mixes dtypes.</summary>
public enum Purity
{
    /// <summary>Some roles get more bits than others, as the kind says.</summary>
    Mixed,

    /// <summary>All matrices get the kind's dtype.</summary>
    Pure,
}
