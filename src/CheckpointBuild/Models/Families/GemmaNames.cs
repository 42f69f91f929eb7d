using System;
using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>What Gemma 2 and 3 share.</summary>
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

    /// <summary>What <c>query_pre_attn_scalar</c> holds: scores are divided by its root.</summary>
    /// <param name="config">The model.</param>
    /// <returns>A whole number.</returns>
    internal static int ScalarOf(ModelConfig config) => (int)Math.Round(1 / (config.ScoreScale * config.ScoreScale));
}
