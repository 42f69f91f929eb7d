using System.Collections.Frozen;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>What llama.cpp calls each role and how its files arrange it: nearly the same in all architectures, so that an architecture states what it does otherwise.</summary>
internal static class GgufNames
{
    /// <summary>What rotary frequencies are divided by, [rotary dimensions / 2]; no role, because it follows from the configuration.</summary>
    internal const string RopeFrequencies = "rope_freqs.weight";

    /// <summary>The same for sequences beyond the original context.</summary>
    internal const string LongRopeFactors = "rope_factors_long.weight";

    /// <summary>The same for sequences within the original context.</summary>
    internal const string ShortRopeFactors = "rope_factors_short.weight";

    /// <summary>The token embedding, which every model has.</summary>
    internal const string TokenEmbedding = "token_embd.weight";

    /// <summary>The output head, which a model with a tied one lacks.</summary>
    internal const string Output = "output.weight";

    private const string Layer = "blk.{layer}.";

    private static readonly FrozenDictionary<RoleKind, string> Stems = new Dictionary<RoleKind, string>
    {
        [RoleKind.TokenEmbedding] = "token_embd",
        [RoleKind.PositionEmbedding] = "position_embd",
        [RoleKind.EmbeddingNorm] = "token_embd_norm",
        [RoleKind.FinalNorm] = "output_norm",
        [RoleKind.Output] = "output",
        [RoleKind.AttentionNorm] = Layer + "attn_norm",
        [RoleKind.Query] = Layer + "attn_q",
        [RoleKind.Key] = Layer + "attn_k",
        [RoleKind.Value] = Layer + "attn_v",
        [RoleKind.QueryNorm] = Layer + "attn_q_norm",
        [RoleKind.KeyNorm] = Layer + "attn_k_norm",
        [RoleKind.QueryDown] = Layer + "attn_q_a",
        [RoleKind.QueryDownNorm] = Layer + "attn_q_a_norm",
        [RoleKind.KeyValueDownNorm] = Layer + "attn_kv_a_norm",
        [RoleKind.Sinks] = Layer + "attn_sinks",
        [RoleKind.AttentionOutput] = Layer + "attn_output",
        [RoleKind.AttentionOutputNorm] = Layer + "post_attention_norm",
        [RoleKind.FeedForwardNorm] = Layer + "ffn_norm",
        [RoleKind.Gate] = Layer + "ffn_gate",
        [RoleKind.Up] = Layer + "ffn_up",
        [RoleKind.Down] = Layer + "ffn_down",
        [RoleKind.Router] = Layer + "ffn_gate_inp",
        [RoleKind.SharedGate] = Layer + "ffn_gate_shexp",
        [RoleKind.SharedUp] = Layer + "ffn_up_shexp",
        [RoleKind.SharedDown] = Layer + "ffn_down_shexp",
        [RoleKind.SharedRouter] = Layer + "ffn_gate_inp_shexp",
        [RoleKind.FeedForwardOutputNorm] = Layer + "post_ffw_norm",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<RoleKind, string> StackedStems = new Dictionary<RoleKind, string>
    {
        [RoleKind.ExpertGate] = Layer + "ffn_gate_exps",
        [RoleKind.ExpertUp] = Layer + "ffn_up_exps",
        [RoleKind.ExpertDown] = Layer + "ffn_down_exps",
    }.ToFrozenDictionary();

    // The downward projection keeps its shared rotary key below it; keys are stored transposed head by head, so that a query can be brought into the latent.
    private static readonly ImmutableArray<NameRule> LatentRules =
    [
        new(Layer + "attn_kv_a_mqa", [RoleKind.KeyValueDown, RoleKind.RotaryKey]) { When = c => c.Latent is not null },
        new(RoleKind.Query, Layer + "attn_q_b") { When = c => c.Latent?.QueryRank > 0 },
        new(RoleKind.Key, Layer + "attn_k_b") { When = c => c.Latent is not null, Layout = new TensorLayout { Heads = c => c.HeadCount, IsInOut = true } },
        new(RoleKind.Value, Layer + "attn_v_b") { When = c => c.Latent is not null, Layout = new TensorLayout { Heads = c => c.HeadCount } },
    ];

    /// <summary>The names of a family's tensors.</summary>
    /// <param name="family">The family.</param>
    /// <param name="architecture">What its architecture does otherwise.</param>
    /// <returns>A map that reads both ways.</returns>
    public static TensorNaming Of(ModelFamily family, GgufArchitecture architecture)
    {
        IEnumerable<NameRule> rules =
        [
            .. architecture.Rules,
            .. LatentRules,
            .. Stems.Select(stem => new NameRule(stem.Key, stem.Value) { Layout = LayoutOf(stem.Key, architecture) }),
            .. StackedStems.Select(stem => new NameRule(stem.Key, stem.Value) { Layout = TensorLayout.Stacked }),
            new NameRule(RoleKind.RouterCorrection, Layer + "exp_probs_b") { WeightSuffix = ".bias" },
        ];
        FrozenSet<RoleKind> kinds = family.Names.SelectMany(rule => rule.Kinds).ToFrozenSet();
        return new TensorNaming([.. rules.Where(rule => rule.Kinds.All(kinds.Contains))]);
    }

    private static TensorLayout LayoutOf(RoleKind kind, GgufArchitecture architecture) => kind switch
    {
        // What turns halves in the canonical arrangement must turn neighbours where the architecture's kernels do.
        RoleKind.Query or RoleKind.Key when architecture.TurnsNeighbours => new TensorLayout { InterleavedHeadRows = c => c.Rope is { Style: RopeStyle.Halves } ? c.HeadDimension : null },
        RoleKind.QueryNorm or RoleKind.KeyNorm => new TensorLayout { IsStacked = true, Offset = c => c.NormOffset },
        RoleKind.AttentionNorm or RoleKind.AttentionOutputNorm or RoleKind.FeedForwardNorm or RoleKind.FeedForwardOutputNorm or RoleKind.FinalNorm => new TensorLayout { Offset = c => c.NormOffset },
        _ => TensorLayout.Plain,
    };
}
