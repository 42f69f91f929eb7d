namespace CheckpointBuild.Building.Torchtune;

/// <summary>When a state takes over a classifier's head.</summary>
public enum ClassifierHeadRule
{
    /// <summary>Where its own has another number of rows.</summary>
    WhereRowsDiffer,

    /// <summary>In any case.</summary>
    Always,
}
