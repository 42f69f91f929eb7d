using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>The names that Llama's files brought into use, in pieces from which most families put theirs together.</summary>
internal static class LlamaNames
{
    /// <summary>What stands before the names of a layer.</summary>
    internal const string Layer = "model.layers.{layer}.";

    /// <summary>Embedding, last norm and head.</summary>
    internal static ImmutableArray<NameRule> Ends { get; } =
    [
        new(RoleKind.TokenEmbedding, "model.embed_tokens"),
        new(RoleKind.FinalNorm, "model.norm"),
        new(RoleKind.Output, "lm_head"),
    ];

    /// <summary>The norms before the blocks.</summary>
    internal static ImmutableArray<NameRule> Norms { get; } =
    [
        new(RoleKind.AttentionNorm, Layer + "input_layernorm"),
        new(RoleKind.FeedForwardNorm, Layer + "post_attention_layernorm"),
    ];

    /// <summary>The four projections of attention.</summary>
    internal static ImmutableArray<NameRule> Attention { get; } =
    [
        new(RoleKind.Query, Layer + "self_attn.q_proj"),
        new(RoleKind.Key, Layer + "self_attn.k_proj"),
        new(RoleKind.Value, Layer + "self_attn.v_proj"),
        new(RoleKind.AttentionOutput, Layer + "self_attn.o_proj"),
    ];

    /// <summary>The norms of queries and keys.</summary>
    internal static ImmutableArray<NameRule> HeadNorms { get; } =
    [
        new(RoleKind.QueryNorm, Layer + "self_attn.q_norm"),
        new(RoleKind.KeyNorm, Layer + "self_attn.k_norm"),
    ];

    /// <summary>The three projections of the feed-forward block.</summary>
    internal static ImmutableArray<NameRule> FeedForward { get; } =
    [
        new(RoleKind.Gate, Layer + "mlp.gate_proj"),
        new(RoleKind.Up, Layer + "mlp.up_proj"),
        new(RoleKind.Down, Layer + "mlp.down_proj"),
    ];

    /// <summary>The norms of the blocks' results, where a family has these and none before the blocks.</summary>
    internal static ImmutableArray<NameRule> OutputNorms { get; } =
    [
        new(RoleKind.AttentionOutputNorm, Layer + "post_attention_layernorm"),
        new(RoleKind.FeedForwardOutputNorm, Layer + "post_feedforward_layernorm"),
    ];

    /// <summary>Router and experts.</summary>
    internal static ImmutableArray<NameRule> Experts { get; } =
    [
        new(RoleKind.Router, Layer + "mlp.gate"),
        new(RoleKind.ExpertGate, Layer + "mlp.experts.{index}.gate_proj"),
        new(RoleKind.ExpertUp, Layer + "mlp.experts.{index}.up_proj"),
        new(RoleKind.ExpertDown, Layer + "mlp.experts.{index}.down_proj"),
    ];

    /// <summary>All of Llama's.</summary>
    internal static ImmutableArray<NameRule> All { get; } = [.. Ends, .. Norms, .. Attention, .. FeedForward];
}
