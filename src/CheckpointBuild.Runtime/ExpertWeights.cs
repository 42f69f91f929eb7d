namespace CheckpointBuild.Runtime;

/// <summary>The experts of a layer.</summary>
internal sealed record ExpertWeights
{
    /// <summary>What scores them, [experts, hidden].</summary>
    public required Projection Router { get; init; }

    /// <summary>What is added to scores for choosing alone, [experts], or null.</summary>
    public float[]? Correction { get; init; }

    /// <summary>The experts in order.</summary>
    public required FeedForwardWeights[] Experts { get; init; }

    /// <summary>The expert that every token sees, or null.</summary>
    public FeedForwardWeights? Shared { get; init; }

    /// <summary>How much of the shared expert's result a token takes, [1, hidden], or null for all of it.</summary>
    public Projection? SharedRouter { get; init; }
}
