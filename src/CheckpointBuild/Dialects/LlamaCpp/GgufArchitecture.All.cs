using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <content>The architectures that differ from what most do, in alphabetical order. Orders of keys are the reference converter's.</content>
internal sealed partial class GgufArchitecture
{
    private const string Layer = "blk.{layer}.";
    private const string AddBeginToken = "tokenizer.ggml.add_bos_token";

    private static readonly NameRule FusedQueryKeyValue = new(Layer + "attn_qkv", [RoleKind.Query, RoleKind.Key, RoleKind.Value]);

    private static readonly NameRule FusedGateUp = new(Layer + "ffn_up", [RoleKind.Gate, RoleKind.Up]);

    private static readonly GgufKey FourfoldFeedForward = new("feed_forward_length", c => (uint)(4 * c.HiddenSize));

    private static readonly GgufKey NoScaling = new("rope.scaling.type", _ => "none");

    private static readonly GgufArchitecture[] AllArray =
    [
        new("arcee") { KeyNames = [.. GgufKeys.Standard, "vocab_size", "rope.dimension_count"], TurnsNeighbours = true },
        new("bloom")
        {
            KeyNames = ["context_length", "embedding_length", "feed_forward_length", "block_count", "attention.head_count", "attention.head_count_kv", "attention.layer_norm_epsilon", GgufKey.FileType],
            OwnKeys = [new("context_length", c => (uint)c.HiddenSize), FourfoldFeedForward],
            Rules = [FusedQueryKeyValue],
        },
        new("command-r")
        {
            KeyNames = [.. GgufKeys.Standard.Remove("rope.scaling.type"), "logit_scale", "rope.scaling.type"],
            OwnKeys = [NoScaling],
            TurnsNeighbours = true,
            Complete = WithHeadNorms,
        },
        new("deepseek2")
        {
            KeyNames =
            [
                .. GgufKeys.Standard, "leading_dense_block_count", "vocab_size", "attention.q_lora_rank", "attention.kv_lora_rank", "attention.key_length_mla", "attention.value_length_mla",
                "expert_feed_forward_length", "expert_shared_count", "expert_weights_scale", "expert_weights_norm", "rope.dimension_count", "rope.scaling.yarn_log_multiplier",
            ],
            TurnsNeighbours = true,
            Variants = [new("DeepseekV3ForCausalLM", file => file.Tensors.Any(t => t.Name.Contains(".exp_probs_b.", System.StringComparison.Ordinal)))],
        },
        new("exaone4") { KeyNames = [.. GgufKeys.Standard, "vocab_size", "attention.sliding_window", "attention.sliding_window_pattern"] },
        new("falcon")
        {
            KeyNames = ["context_length", "tensor_data_layout", "embedding_length", "feed_forward_length", "block_count", "attention.head_count", "attention.head_count_kv", "attention.layer_norm_epsilon", GgufKey.FileType],
            OwnKeys =
            [
                new("context_length", _ => 2048u),
                new("tensor_data_layout", _ => "jploski"),
                FourfoldFeedForward,
                new("attention.head_count_kv", c => (uint)c.KeyValueHeadCount, (c, v) => c with { KeyValueHeadCount = v.Count }),
            ],
            Complete = (c, tensors) => c with { Residual = Has(tensors, "attn_norm_2") ? ResidualShape.Parallel : ResidualShape.ParallelOneNorm },
            Rules =
            [
                FusedQueryKeyValue,

                // With two norms the feed-forward block reads the first.
                new(RoleKind.FeedForwardNorm, Layer + "attn_norm") { When = c => c.Residual == ResidualShape.Parallel },
                new(RoleKind.AttentionNorm, Layer + "attn_norm_2") { When = c => c.Residual == ResidualShape.Parallel },
            ],
        },
        new("gemma")
        {
            LeavesTiedHead = true,
            KeyNames = ["context_length", "embedding_length", "block_count", "feed_forward_length", .. Heads, "attention.layer_norm_rms_epsilon", .. HeadLengths, GgufKey.FileType],
            OwnKeys = [KeyLengthAlways, ValueLengthAlways],
        },
        new("gemma2")
        {
            LeavesTiedHead = true,
            KeyNames =
            [
                "context_length", "embedding_length", "block_count", "feed_forward_length", .. Heads, "attention.layer_norm_rms_epsilon", .. HeadLengths, GgufKey.FileType,
                "attn_logit_softcapping", "final_logit_softcapping", "attention.sliding_window",
            ],
            OwnKeys = [KeyLengthAlways, ValueLengthAlways],
            Complete = (c, _) => c with { AttentionScale = ScaleOfGemma(c, layersOfLargest: 46) },
        },
        new("gemma3")
        {
            KeyNames = [.. GgufKeys.Standard, "final_logit_softcapping", "attention.sliding_window"],
            Complete = (c, _) => c with { AttentionScale = ScaleOfGemma(c, layersOfLargest: 62) },
        },
        new("glm4") { KeyNames = [.. GgufKeys.Standard, "rope.dimension_count"], TurnsNeighbours = true, Rules = [FusedGateUp] },
        new("gpt-oss")
        {
            KeyNames = [.. GgufKeys.Standard, "attention.sliding_window", "expert_feed_forward_length"],
            Rules = [new(RoleKind.FeedForwardNorm, Layer + "post_attention_norm")],
        },
        new("gpt2")
        {
            KeyNames = ["block_count", "context_length", "embedding_length", "feed_forward_length", "attention.head_count", "attention.layer_norm_epsilon", GgufKey.FileType],
            Rules = [FusedQueryKeyValue],
        },
        new("gptneox")
        {
            KeyNames = ["context_length", "embedding_length", "block_count", "feed_forward_length", "rope.dimension_count", "attention.head_count", "use_parallel_residual", "attention.layer_norm_epsilon"],
            OwnKeys = [ParallelOr(ResidualShape.Parallel)],
            Rules = [FusedQueryKeyValue],
        },
        new("granite")
        {
            KeyNames = [.. GgufKeys.Standard, "vocab_size", "rope.dimension_count", "attention.scale", "embedding_scale", "residual_scale", "logit_scale"],
            OwnKeys = [new("logit_scale", c => (float)c.LogitDivisor, (c, v) => c with { LogitDivisor = v.Number })],
            TurnsNeighbours = true,
        },
        new("llama")
        {
            KeyNames = [.. GgufKeys.Standard, "vocab_size", "rope.dimension_count"],
            TurnsNeighbours = true,
            Variants = [new("MixtralForCausalLM", file => file.Metadata.TryGet("llama.expert_count", out _))],
        },
        new("mpt")
        {
            KeyNames = ["context_length", "embedding_length", "block_count", "feed_forward_length", "attention.head_count", "attention.layer_norm_epsilon", "attention.clamp_kqv", "attention.max_alibi_bias"],
            Rules = [FusedQueryKeyValue],
        },
        new("nemotron")
        {
            KeyNames = [.. GgufKeys.Standard.Remove("attention.layer_norm_epsilon").Remove("rope.scaling.type"), "vocab_size", "attention.layer_norm_epsilon", "rope.dimension_count", "rope.scaling.type"],
            OwnKeys = [new("attention.layer_norm_rms_epsilon", c => (float)c.NormEpsilon), NoScaling],
        },
        new("olmo") { KeyNames = [.. GgufKeys.Standard.Remove("attention.layer_norm_epsilon"), "attention.layer_norm_epsilon", "attention.clamp_kqv"], TurnsNeighbours = true },
        new("phi2")
        {
            KeyNames = ["context_length", "embedding_length", "feed_forward_length", "block_count", .. Heads, "attention.layer_norm_epsilon", "rope.dimension_count", GgufKey.FileType, AddBeginToken],
            OwnKeys = [FourfoldFeedForward, new("attention.head_count_kv", c => (uint)c.HeadCount), new(AddBeginToken, _ => false)],
            Complete = (c, tensors) => c with { KeyValueHeadCount = tensors.TryGet("blk.0.attn_k.weight", out Tensor? keys) ? (int)(keys.Rows / c.HeadDimension) : c.KeyValueHeadCount },
        },
        new("phi3")
        {
            LeadingKeyNames = ["rope.scaling.attn_factor"],
            KeyNames =
            [
                "context_length", "rope.scaling.original_context_length", "embedding_length", "feed_forward_length", "block_count", .. Heads, "attention.layer_norm_rms_epsilon",
                "rope.dimension_count", "rope.freq_base", GgufKey.FileType, "attention.sliding_window",
            ],
            OwnKeys =
            [
                new("rope.scaling.original_context_length", c => (uint)c.Rope!.OriginalContextLength),
                new("attention.sliding_window", c => (uint)c.Window, (c, v) => c with { Window = v.Size, WindowLayers = v.Size > 0 ? LayerSet.All(c.LayerCount) : LayerSet.None }),
            ],
            Rules = [FusedQueryKeyValue, FusedGateUp],
        },
        new("qwen2moe")
        {
            KeyNames = [.. GgufKeys.Standard, "expert_feed_forward_length", "expert_shared_feed_forward_length"],
            Complete = (c, _) => c with { Experts = c.Experts! with { NormalizesWeights = false } },
        },
        new("qwen3moe")
        {
            KeyNames = [.. GgufKeys.Standard, "expert_feed_forward_length"],
            Complete = (c, _) => c with { Experts = c.Experts! with { NormalizesWeights = true } },
        },
        new("smollm3") { KeyNames = [.. GgufKeys.Standard, "vocab_size", "rope.dimension_count"], TurnsNeighbours = true },
        new("stablelm")
        {
            KeyNames = ["context_length", "embedding_length", "block_count", "feed_forward_length", "rope.dimension_count", .. Heads, "use_parallel_residual", "attention.layer_norm_epsilon", GgufKey.FileType],
            OwnKeys = [ParallelOr(ResidualShape.ParallelOneNorm)],
            Complete = WithHeadNorms,
        },
    ];

    /// <summary>Every architecture that differs.</summary>
    public static IReadOnlyList<GgufArchitecture> All => AllArray;

    private static ImmutableArray<string> Heads => ["attention.head_count", "attention.head_count_kv"];

    private static ImmutableArray<string> HeadLengths => ["attention.key_length", "attention.value_length"];

    private static GgufKey KeyLengthAlways => new("attention.key_length", c => (uint)c.HeadDimension);

    private static GgufKey ValueLengthAlways => new("attention.value_length", c => (uint)c.HeadDimension);

    private static GgufKey ParallelOr(ResidualShape shape) =>
        new("use_parallel_residual", c => c.Residual == shape, (c, v) => c with { Residual = v.Flag ? shape : ResidualShape.Sequential });

    // The runtime divides by the root of a head's width, of the largest model by the root of the model's width over its heads.
    private static double ScaleOfGemma(ModelConfig config, int layersOfLargest) =>
        1 / System.Math.Sqrt(config.LayerCount == layersOfLargest ? (double)config.HiddenSize / config.HeadCount : config.HeadDimension);

    private static ModelConfig WithHeadNorms(ModelConfig config, TensorTable tensors) => config with { HeadNorm = Has(tensors, "attn_q_norm") ? HeadNorm.PerHead : HeadNorm.None };

    private static bool Has(TensorTable tensors, string name) => tensors.TryGet($"blk.0.{name}.weight", out _);
}
