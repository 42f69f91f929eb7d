using System;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>A rendering used up what it may use. Becomes a coded error at the edge.</summary>
/// <param name="what">What was used up.</param>
/// <param name="most">How much there was.</param>
internal sealed class TemplateBudgetException(string what, long most) : Exception($"more than {most} {what}")
{
    /// <summary>What was used up.</summary>
    internal string What { get; } = what;

    /// <summary>How much there was.</summary>
    internal long Most { get; } = most;
}
