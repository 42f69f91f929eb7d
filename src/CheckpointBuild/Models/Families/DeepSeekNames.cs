using System;
using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>What DeepSeek V2 and V3 share: latent attention, and after some dense layers many narrow experts beside a shared one.</summary>
internal static class DeepSeekNames
{
    private const string Attention = LlamaNames.Layer + "self_attn.";

    /// <summary>The names, but for V3's correction of scores.</summary>
    internal static ImmutableArray<NameRule> All { get; } =
    [
        .. LlamaNames.Ends, .. LlamaNames.Norms,
        new(RoleKind.QueryDown, Attention + "q_a_proj"),
        new(RoleKind.QueryDownNorm, Attention + "q_a_layernorm"),
        new(RoleKind.Query, Attention + "q_b_proj") { When = c => c.Latent!.QueryRank > 0 },
        new(RoleKind.Query, Attention + "q_proj"),
        new(Attention + "kv_a_proj_with_mqa", [RoleKind.KeyValueDown, RoleKind.RotaryKey]),
        new(RoleKind.KeyValueDownNorm, Attention + "kv_a_layernorm"),
        new(Attention + "kv_b_proj", [RoleKind.Key, RoleKind.Value]) { Layout = TensorLayout.Fused(c => c.HeadCount) },
        new(RoleKind.AttentionOutput, Attention + "o_proj"),
        .. LlamaNames.FeedForward, .. LlamaNames.Experts,
        new(RoleKind.SharedGate, LlamaNames.Layer + "mlp.shared_experts.gate_proj"),
        new(RoleKind.SharedUp, LlamaNames.Layer + "mlp.shared_experts.up_proj"),
        new(RoleKind.SharedDown, LlamaNames.Layer + "mlp.shared_experts.down_proj"),
    ];

    /// <summary>The common fields.</summary>
    internal static ConfigFields Fields { get; } = new()
    {
        HeadDimension = null,
        BiasFields =
        [
            new("attention_bias", BiasSites.QueryKeyValue | BiasSites.AttentionOutput),
            new("mlp_bias", BiasSites.FeedForward),
        ],
    };

    /// <summary>Reads what both have.</summary>
    /// <param name="json">The configuration.</param>
    /// <param name="common">What all configurations have.</param>
    /// <param name="experts">What is special of the experts' choice.</param>
    /// <returns>The whole configuration.</returns>
    internal static ModelConfig Read(ConfigReader json, ModelConfig common, ExpertConfig experts)
    {
        int plain = json.OptionalCount("qk_nope_head_dim") ?? 128;
        int rotary = json.OptionalCount("qk_rope_head_dim") ?? 64;
        int shared = json.Size("n_shared_experts", 0);
        int width = json.OptionalCount("moe_intermediate_size") ?? 1407;
        int dense = json.Size("first_k_dense_replace", 0);
        return common with
        {
            KeyValueHeadCount = common.HeadCount,
            HeadDimension = plain + rotary,
            StatedValueDimension = json.OptionalCount("v_head_dim") ?? 128,
            Rope = common.Rope! with { Dimensions = rotary },
            Latent = new LatentConfig
            {
                QueryRank = json.Size("q_lora_rank", 0),
                KeyValueRank = json.OptionalCount("kv_lora_rank") ?? 512,
                PlainDimension = plain,
                RotaryDimension = rotary,
            },
            Experts = experts with
            {
                FeedForwardSize = width,
                Layers = LayerSet.Where(common.LayerCount, layer => layer >= dense),
                SharedCount = shared,
                SharedFeedForwardSize = checked(shared * width),
                WeightScale = json.OptionalNumber("routed_scaling_factor") ?? 1,
            },
        };
    }

    /// <summary>Brings what follows from other numbers in line with them: all heads have keys of their own, their last dimensions turn, and scores grow with YaRN's factor.</summary>
    /// <param name="config">The configuration.</param>
    /// <returns>The same with the numbers.</returns>
    internal static ModelConfig Derive(ModelConfig config)
    {
        RopeConfig rope = config.Rope!;
        int plain = config.HeadDimension - rope.Dimensions;
        double growth = rope.Scaling == RopeScalingKind.Yarn && rope.MagnitudeDivisor is { } strength ? rope.YarnMagnitude(strength) : 1;
        return config with
        {
            KeyValueHeadCount = config.HeadCount,
            Rope = rope with { Start = plain },
            Latent = config.Latent! with { PlainDimension = plain, RotaryDimension = rope.Dimensions },
            AttentionScale = growth * growth / Math.Sqrt(config.HeadDimension),
        };
    }

    /// <summary>Writes what both have.</summary>
    /// <param name="json">Receives the fields.</param>
    /// <param name="config">The model.</param>
    internal static void Write(ConfigWriter json, ModelConfig config)
    {
        LatentConfig latent = config.Latent!;
        ExpertConfig experts = config.Experts!;
        int dense = 0;
        while (dense < config.LayerCount && !experts.Layers.Contains(dense))
        {
            dense++;
        }

        json
            .Set("q_lora_rank", latent.QueryRank > 0 ? latent.QueryRank : null)
            .Set("kv_lora_rank", latent.KeyValueRank)
            .Set("qk_nope_head_dim", latent.PlainDimension)
            .Set("qk_rope_head_dim", latent.RotaryDimension)
            .Set("v_head_dim", config.ValueDimension)
            .Set("first_k_dense_replace", dense)
            .Set("n_routed_experts", experts.Count)
            .Set("num_experts_per_tok", experts.Used)
            .Set("moe_intermediate_size", experts.FeedForwardSize)
            .Set("n_shared_experts", experts.SharedCount)
            .SetFloat("routed_scaling_factor", experts.WeightScale)
            .Set("norm_topk_prob", experts.NormalizesWeights)
            .Set("scoring_func", experts.ScoringIsStated ? experts.Scoring == ExpertScoring.Sigmoid ? "sigmoid" : "softmax" : null)
            .Set("n_group", experts.GroupCount > 1 ? experts.GroupCount : null)
            .Set("topk_group", experts.GroupCount > 1 ? experts.GroupsUsed : null);
    }
}
