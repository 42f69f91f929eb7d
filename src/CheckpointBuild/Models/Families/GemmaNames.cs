using System;
using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>What the Gemmas share.</summary>
internal static class GemmaNames
{
    /// <summary>The names of a layer: a norm before each block and one behind it.</summary>
    internal static ImmutableArray<NameRule> Layer { get; } =
    [
        new(RoleKind.AttentionNorm, LlamaNames.Layer + "input_layernorm"),
        .. LlamaNames.Attention,
        new(RoleKind.AttentionOutputNorm, LlamaNames.Layer + "post_attention_layernorm"),
        new(RoleKind.FeedForwardNorm, LlamaNames.Layer + "pre_feedforward_layernorm"),
        .. LlamaNames.FeedForward,
        new(RoleKind.FeedForwardOutputNorm, LlamaNames.Layer + "post_feedforward_layernorm"),
    ];

    /// <summary>Reads what all of them have: norms that hold their difference from 1, and embeddings multiplied by the root of their width.</summary>
    /// <param name="json">The configuration.</param>
    /// <param name="common">What all configurations have.</param>
    /// <returns>The same with both.</returns>
    internal static ModelConfig Common(ConfigReader json, ModelConfig common)
    {
        json.Refuse("use_bidirectional_attention");
        return common with { NormOffset = 1, EmbeddingScale = Math.Sqrt(common.HiddenSize) };
    }

    /// <summary>What <c>query_pre_attn_scalar</c> holds: scores are divided by its root.</summary>
    /// <param name="config">The model.</param>
    /// <returns>A whole number.</returns>
    internal static int ScalarOf(ModelConfig config) => (int)Math.Round(1 / (config.ScoreScale * config.ScoreScale));
}
