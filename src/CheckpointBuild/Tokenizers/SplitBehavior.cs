namespace CheckpointBuild.Tokenizers;

/// <summary>What becomes of the parts that a split finds.</summary>
public enum SplitBehavior
{
    /// <summary>They vanish.</summary>
    Removed,

    /// <summary>Each becomes a piece.</summary>
    Isolated,

    /// <summary>Each ends the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>Each begins the piece after it.</summary>
    MergedWithNext,

    /// <summary>Neighbours become one piece.</summary>
    Contiguous,
}
