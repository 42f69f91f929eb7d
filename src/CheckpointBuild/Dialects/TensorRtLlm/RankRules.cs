using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>The modules that the runtime's models have in common, in pieces from which each converter puts its own together.</summary>
internal static class RankRules
{
    /// <summary>Embeddings, last norm and head.</summary>
    internal static ImmutableArray<RankRule> Ends { get; } =
    [
        new("transformer.vocab_embedding", RoleKind.TokenEmbedding, RankSplit.Vocabulary),
        new("transformer.position_embedding", RoleKind.PositionEmbedding, RankSplit.Vocabulary),
        new("transformer.ln_f", RoleKind.FinalNorm) { AddsOffset = true },
        new("lm_head", RoleKind.Output, RankSplit.Head),
    ];

    /// <summary>Attention: queries, keys and values in one matrix.</summary>
    internal static ImmutableArray<RankRule> Attention { get; } =
    [
        new(RankRule.Layer + "attention.qkv", [RoleKind.Query, RoleKind.Key, RoleKind.Value], RankSplit.Heads) { IsLinear = true },
        new(RankRule.Layer + "attention.dense", RoleKind.AttentionOutput, RankSplit.Columns) { IsLinear = true },
        new(RankRule.Layer + "attention.q_layernorm", RoleKind.QueryNorm) { AddsOffset = true },
        new(RankRule.Layer + "attention.k_layernorm", RoleKind.KeyNorm) { AddsOffset = true },
    ];

    /// <summary>The same where each head has a norm with a weight of its own, which goes where its head goes.</summary>
    internal static ImmutableArray<RankRule> AttentionOfNormedHeads { get; } =
        [.. Attention.Select(r => r.Kinds[0] == RoleKind.QueryNorm ? r with { Split = RankSplit.QueryHeads } : r.Kinds[0] == RoleKind.KeyNorm ? r with { Split = RankSplit.KeyHeads } : r)];

    /// <summary>The norms before the blocks.</summary>
    internal static ImmutableArray<RankRule> Norms { get; } =
    [
        new(RankRule.Layer + "input_layernorm", RoleKind.AttentionNorm) { AddsOffset = true },
        new(RankRule.Layer + "post_layernorm", RoleKind.FeedForwardNorm) { AddsOffset = true },
    ];

    /// <summary>A gated feed-forward block; the reference calls the gate <c>fc</c> and the upward projection <c>gate</c>.</summary>
    internal static ImmutableArray<RankRule> Gated { get; } =
    [
        new(RankRule.Layer + "mlp.fc", RoleKind.Gate, RankSplit.Rows) { IsLinear = true },
        new(RankRule.Layer + "mlp.gate", RoleKind.Up, RankSplit.Rows) { IsLinear = true },
        new(RankRule.Layer + "mlp.proj", RoleKind.Down, RankSplit.Columns) { IsLinear = true },
    ];

    /// <summary>A feed-forward block without a gate.</summary>
    internal static ImmutableArray<RankRule> Plain { get; } =
    [
        new(RankRule.Layer + "mlp.fc", RoleKind.Up, RankSplit.Rows) { IsLinear = true },
        new(RankRule.Layer + "mlp.proj", RoleKind.Down, RankSplit.Columns) { IsLinear = true },
    ];

    /// <summary>Router and stacked experts, of each the upward projection above its gate; and the expert that every token sees.</summary>
    internal static ImmutableArray<RankRule> Experts { get; } =
    [
        new(RankRule.Layer + "mlp.router", RoleKind.Router) { IsWide = true },
        new(RankRule.Layer + "mlp.fc", [RoleKind.ExpertUp, RoleKind.ExpertGate], RankSplit.ExpertRows) { IsLinear = true },
        new(RankRule.Layer + "mlp.proj", RoleKind.ExpertDown, RankSplit.ExpertColumns) { IsLinear = true },
        new(RankRule.Layer + "mlp.shared_expert.fc", [RoleKind.SharedUp, RoleKind.SharedGate], RankSplit.Rows) { IsLinear = true },
        new(RankRule.Layer + "mlp.shared_expert.proj", RoleKind.SharedDown, RankSplit.Columns) { IsLinear = true },
        new(RankRule.Layer + "mlp.shared_expert_gate", RoleKind.SharedRouter),
    ];
}
