namespace CheckpointBuild.Models;

/// <summary>How queries and keys are normed before they are turned.</summary>
public enum HeadNorm
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>Each head by itself, with one weight of a head's width for all.</summary>
    Shared,

    /// <summary>Each head by itself, with a weight of its own.</summary>
    PerHead,

    /// <summary>All heads of a token together.</summary>
    Whole,
}
