namespace CheckpointBuild.Models;

/// <summary>What a tensor is in a model, whatever an ecosystem calls it. Shapes: H hidden, A heads, K key/value heads, D head dimension, F feed-forward size, V vocabulary.</summary>
public enum RoleKind
{
    /// <summary>Token embedding, [V, H].</summary>
    TokenEmbedding,

    /// <summary>Norm after the last layer, [H].</summary>
    FinalNorm,

    /// <summary>Output head, [V, H]; absent where it is tied to the embedding.</summary>
    Output,

    /// <summary>Norm before attention, [H].</summary>
    AttentionNorm,

    /// <summary>Query projection, [A·D, H].</summary>
    Query,

    /// <summary>Key projection, [K·D, H].</summary>
    Key,

    /// <summary>Value projection, [K·D, H].</summary>
    Value,

    /// <summary>Projection of the heads' results, [H, A·D].</summary>
    AttentionOutput,

    /// <summary>Norm before the feed-forward block, [H].</summary>
    FeedForwardNorm,

    /// <summary>Gate of the feed-forward block, [F, H].</summary>
    Gate,

    /// <summary>Upward projection of the feed-forward block, [F, H].</summary>
    Up,

    /// <summary>Downward projection of the feed-forward block, [H, F].</summary>
    Down,
}
