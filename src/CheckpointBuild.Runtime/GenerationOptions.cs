using CheckpointBuild.Runtime.Sampling;

namespace CheckpointBuild.Runtime;

/// <summary>How a text is generated: how long, and how each token is chosen.</summary>
public sealed record GenerationOptions : SamplingOptions
{
    /// <summary>The most tokens that are generated; the end of the context ends a text too.</summary>
    public int MaxTokens { get; init; } = 256;
}
