namespace CheckpointBuild.Models;

/// <summary>What a tensor is in a model, whatever an ecosystem calls it.</summary>
/// <remarks>Shapes: H hidden, P embedding width, A heads, K key/value heads, D head dimension, F feed-forward size, E experts, V vocabulary; of latent attention: q and l the latents' widths, n and r the parts of a
/// head without and with rotation, v a value's width.</remarks>
public enum RoleKind
{
    /// <summary>Token embedding, [V, P].</summary>
    TokenEmbedding,

    /// <summary>Embedding of positions, [positions, H].</summary>
    PositionEmbedding,

    /// <summary>Norm of what enters the first layer, [H].</summary>
    EmbeddingNorm,

    /// <summary>Projection of the embedding to the residual stream, [H, P]; absent where P is H.</summary>
    EmbeddingProjection,

    /// <summary>Norm after the last layer, [H].</summary>
    FinalNorm,

    /// <summary>Projection of the residual stream to the embedding's width, [P, H]; absent where P is H.</summary>
    OutputProjection,

    /// <summary>Output head, [V, P]; absent where it is tied to the embedding.</summary>
    Output,

    /// <summary>Norm before attention, [H].</summary>
    AttentionNorm,

    /// <summary>Query projection, [A·D, H]; [A·(n + r), q] behind a <see cref="QueryDown"/>.</summary>
    Query,

    /// <summary>Key projection, [K·D, H]; [A·n, l] behind a <see cref="KeyValueDown"/>.</summary>
    Key,

    /// <summary>Value projection, [K·D, H]; [A·v, l] behind a <see cref="KeyValueDown"/>.</summary>
    Value,

    /// <summary>Norm of queries before they are turned: [D] for all heads or for one, or [A·D].</summary>
    QueryNorm,

    /// <summary>Norm of keys before they are turned: [D] for all heads or for one, or [K·D].</summary>
    KeyNorm,

    /// <summary>Latent attention: projection to the queries' latent, [q, H].</summary>
    QueryDown,

    /// <summary>Latent attention: norm of the queries' latent, [q].</summary>
    QueryDownNorm,

    /// <summary>Latent attention: projection to the latent of keys and values, [l, H].</summary>
    KeyValueDown,

    /// <summary>Latent attention: norm of the latent of keys and values, [l].</summary>
    KeyValueDownNorm,

    /// <summary>Latent attention: projection to the part of a key that turns and that all heads share, [r, H].</summary>
    RotaryKey,

    /// <summary>One more score of each head's softmax, without a value, [A].</summary>
    Sinks,

    /// <summary>Projection of the heads' results, [H, A·D], or [H, A·v].</summary>
    AttentionOutput,

    /// <summary>Norm of attention's result before it is added, [H].</summary>
    AttentionOutputNorm,

    /// <summary>Norm before the feed-forward block, [H].</summary>
    FeedForwardNorm,

    /// <summary>Gate of the feed-forward block, [F, H].</summary>
    Gate,

    /// <summary>Upward projection of the feed-forward block, [F, H].</summary>
    Up,

    /// <summary>Downward projection of the feed-forward block, [H, F].</summary>
    Down,

    /// <summary>What chooses experts, [E, H].</summary>
    Router,

    /// <summary>What is added to the routers' scores for choosing alone, [E].</summary>
    RouterCorrection,

    /// <summary>Gate of one expert, [F, H].</summary>
    ExpertGate,

    /// <summary>Upward projection of one expert, [F, H].</summary>
    ExpertUp,

    /// <summary>Downward projection of one expert, [H, F].</summary>
    ExpertDown,

    /// <summary>Gate of the expert that every token sees, [F, H].</summary>
    SharedGate,

    /// <summary>Upward projection of the expert that every token sees, [F, H].</summary>
    SharedUp,

    /// <summary>Downward projection of the expert that every token sees, [H, F].</summary>
    SharedDown,

    /// <summary>How much of the shared expert's result a token takes, [1, H].</summary>
    SharedRouter,

    /// <summary>Norm of the feed-forward block's result before it is added, [H].</summary>
    FeedForwardOutputNorm,
}
