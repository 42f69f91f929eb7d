namespace CheckpointBuild.Runtime;

/// <summary>The weights of one layer. What a family lacks is null, and the forward pass leaves that step out.</summary>
internal sealed record DecoderLayer
{
    /// <summary>Norm before attention.</summary>
    public Norm? AttentionNorm { get; init; }

    /// <summary>Latent attention, or null where keys and values are projected at once.</summary>
    public LatentWeights? Latent { get; init; }

    /// <summary>Query projection, [heads · dimension, hidden or latent].</summary>
    public required Projection Query { get; init; }

    /// <summary>Key projection, [key/value heads · dimension, hidden or latent].</summary>
    public required Projection Key { get; init; }

    /// <summary>Value projection, [key/value heads · dimension, hidden or latent].</summary>
    public required Projection Value { get; init; }

    /// <summary>Norm of queries.</summary>
    public Norm? QueryNorm { get; init; }

    /// <summary>Norm of keys.</summary>
    public Norm? KeyNorm { get; init; }

    /// <summary>One more score of each head's softmax, [heads].</summary>
    public float[]? Sinks { get; init; }

    /// <summary>Projection of the heads' results, [hidden, heads · dimension].</summary>
    public required Projection AttentionOutput { get; init; }

    /// <summary>Norm of attention's result.</summary>
    public Norm? AttentionOutputNorm { get; init; }

    /// <summary>Norm before the feed-forward block.</summary>
    public Norm? FeedForwardNorm { get; init; }

    /// <summary>The feed-forward block, or null where there are experts.</summary>
    public FeedForwardWeights? FeedForward { get; init; }

    /// <summary>The experts, or null where there is one block.</summary>
    public ExpertWeights? Experts { get; init; }

    /// <summary>Norm of the feed-forward block's result.</summary>
    public Norm? FeedForwardOutputNorm { get; init; }
}
