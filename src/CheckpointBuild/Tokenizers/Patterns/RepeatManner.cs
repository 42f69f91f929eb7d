namespace CheckpointBuild.Tokenizers.Patterns;

/// <summary>How much a repetition takes.</summary>
internal enum RepeatManner
{
    /// <summary>As much as it can, and gives back where the rest needs it.</summary>
    Greedy,

    /// <summary>As little as it can.</summary>
    Lazy,

    /// <summary>As much as it can, and never gives back.</summary>
    Possessive,
}
