using System;

namespace CheckpointBuild.Models;

/// <summary>Which parts of a model have biases.</summary>
[Flags]
public enum BiasSites
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Query, key and value projections; of latent attention the downward ones.</summary>
    QueryKeyValue = 1,

    /// <summary>The projection of the heads' results.</summary>
    AttentionOutput = 2,

    /// <summary>Every projection of the feed-forward block, or of its experts.</summary>
    FeedForward = 4,

    /// <summary>Norms of the residual stream.</summary>
    Norm = 8,

    /// <summary>Norms of queries and keys.</summary>
    HeadNorm = 16,

    /// <summary>The output head.</summary>
    Output = 32,

    /// <summary>The router of experts.</summary>
    Router = 64,
}
