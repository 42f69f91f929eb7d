namespace CheckpointBuild.Runtime;

/// <summary>A feed-forward block: a layer's, one expert, or the expert that every token sees.</summary>
/// <param name="Gate">Gate, [feed-forward, hidden], or null where the block has none.</param>
/// <param name="Up">Upward projection, [feed-forward, hidden].</param>
/// <param name="Down">Downward projection, [hidden, feed-forward].</param>
internal sealed record FeedForwardWeights(Projection? Gate, Projection Up, Projection Down);
