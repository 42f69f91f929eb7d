namespace CheckpointBuild.Runtime;

/// <summary>The weights of one layer. What a family lacks is null, and the forward pass leaves that step out.</summary>
internal sealed record DecoderLayer
{
    /// <summary>Norm before attention.</summary>
    public required Norm AttentionNorm { get; init; }

    /// <summary>Query projection, [heads · dimension, hidden].</summary>
    public required Projection Query { get; init; }

    /// <summary>Key projection, [key/value heads · dimension, hidden].</summary>
    public required Projection Key { get; init; }

    /// <summary>Value projection, [key/value heads · dimension, hidden].</summary>
    public required Projection Value { get; init; }

    /// <summary>Projection of the heads' results, [hidden, heads · dimension].</summary>
    public required Projection AttentionOutput { get; init; }

    /// <summary>Norm before the feed-forward block.</summary>
    public required Norm FeedForwardNorm { get; init; }

    /// <summary>Gate of the feed-forward block, [feed-forward, hidden], or null where the block has none.</summary>
    public Projection? Gate { get; init; }

    /// <summary>Upward projection, [feed-forward, hidden].</summary>
    public required Projection Up { get; init; }

    /// <summary>Downward projection, [hidden, feed-forward].</summary>
    public required Projection Down { get; init; }
}
