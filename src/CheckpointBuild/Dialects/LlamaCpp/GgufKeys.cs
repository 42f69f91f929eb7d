using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>Every key that architectures may have, by name. Sizes that each file must have are read by <see cref="GgufModelKeys"/>; here they are written alone.</summary>
internal static partial class GgufKeys
{
    private static readonly FrozenDictionary<string, GgufKey> ByName = Sizes().Concat(Positions()).Concat(Scores()).Concat(Experts()).Concat(Latents()).ToFrozenDictionary(k => k.Name);

    /// <summary>What most architectures begin with, in the order of the reference converter.</summary>
    public static ImmutableArray<string> Standard { get; } =
    [
        "block_count", "context_length", "embedding_length", "feed_forward_length", "attention.head_count", "attention.head_count_kv",
        "rope.scaling.type", "rope.scaling.factor", "rope.scaling.original_context_length", "rope.scaling.yarn_attn_factor", "rope.scaling.yarn_beta_fast", "rope.scaling.yarn_beta_slow",
        "rope.freq_base", "rope.freq_base_swa", "attention.layer_norm_rms_epsilon", "attention.layer_norm_epsilon",
        "expert_count", "expert_used_count", "expert_group_count", "expert_group_used_count", "expert_gating_func",
        "attention.key_length", "attention.value_length", GgufKey.FileType,
    ];

    /// <summary>Finds a key.</summary>
    /// <param name="name">Its name without the architecture.</param>
    /// <returns>The key.</returns>
    public static GgufKey Named(string name) => ByName[name];

    private static GgufKey[] Sizes() =>
    [
        new("block_count", c => (uint)c.LayerCount),
        new("context_length", c => (uint)c.ContextLength),
        new("embedding_length", c => (uint)c.HiddenSize),
        new("feed_forward_length", c => (uint)c.FeedForwardSize),
        new("vocab_size", c => (uint)c.VocabularySize),
        new("attention.head_count", c => (uint)c.HeadCount),

        // Latent attention is written as attention with one key/value head, the latent itself.
        new("attention.head_count_kv", c => c.Latent is null ? (uint)c.KeyValueHeadCount : 1u),
        new("attention.key_length", c => c.Latent is { } latent ? (uint)(latent.KeyValueRank + latent.RotaryDimension) : c.HeadDimensionIsStated ? (uint)c.HeadDimension : null),
        new("attention.value_length", c => c.Latent is { } latent ? (uint)latent.KeyValueRank : c.HeadDimensionIsStated ? (uint)c.HeadDimension : null),
        new("attention.layer_norm_rms_epsilon", c => c.NormKind == NormKind.Rms ? (float)c.NormEpsilon : null, (c, v) => c with { NormEpsilon = v.NotNegative }),
        new("attention.layer_norm_epsilon", c => c.NormKind == NormKind.Layer ? (float)c.NormEpsilon : null, (c, v) => c with { NormEpsilon = v.NotNegative }),
        new("embedding_scale", c => (float)c.EmbeddingScale, (c, v) => c with { EmbeddingScale = v.Number }),
        new("residual_scale", c => (float)c.ResidualScale, (c, v) => c with { ResidualScale = v.Number }),
        new("logit_scale", c => (float)c.LogitScale, (c, v) => c with { LogitScale = v.Number }),
        new("final_logit_softcapping", c => (float?)c.LogitSoftCap, (c, v) => c with { LogitSoftCap = v.Number }),
        new(GgufKey.FileType, _ => null),
    ];
}
