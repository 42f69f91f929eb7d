using System;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <content>Experts and latent attention.</content>
internal static partial class GgufKeys
{
    private static GgufKey[] Experts() =>
    [
        new("expert_count", c => (uint?)c.Experts?.Count, (c, v) => WithExperts(c, e => e with { Count = v.Count })),
        new("expert_used_count", c => (uint?)c.Experts?.Used, (c, v) => WithExperts(c, e => e with { Used = v.Count })),
        new("expert_group_count", c => c.Experts is { GroupCount: > 1 } experts ? (uint)experts.GroupCount : null, (c, v) => WithExperts(c, e => e with { GroupCount = v.Count })),
        new("expert_group_used_count", c => c.Experts is { GroupCount: > 1 } experts ? (uint)experts.GroupsUsed : null, (c, v) => WithExperts(c, e => e with { GroupsUsed = v.Count })),
        new("expert_gating_func", c => c.Experts is { ScoringIsStated: true } experts ? experts.Scoring == ExpertScoring.Sigmoid ? 2u : 1u : null, (c, v) => WithExperts(c, e => e with { ScoringIsStated = true, Scoring = v.ExpertScoring })),
        new("expert_feed_forward_length", c => (uint?)c.Experts?.FeedForwardSize, (c, v) => WithExperts(c, e => e with { FeedForwardSize = v.Count })),
        new("expert_shared_feed_forward_length", c => (uint?)c.Experts?.SharedFeedForwardSize, (c, v) => WithExperts(c, e => e with { SharedFeedForwardSize = v.Size })),
        new("expert_shared_count", c => (uint?)c.Experts?.SharedCount, (c, v) => WithExperts(c, e => e with { SharedCount = v.Size, SharedFeedForwardSize = ConfigReader.Product(v.Size, e.FeedForwardSize) })),
        new("expert_weights_scale", c => (float?)c.Experts?.WeightScale, (c, v) => WithExperts(c, e => e with { WeightScale = v.Number })),
        new("expert_weights_norm", c => c.Experts?.NormalizesWeights == true ? true : null, (c, v) => WithExperts(c, e => e with { NormalizesWeights = v.Flag })),
        new("leading_dense_block_count", c => (uint)DenseLayers(c), (c, v) => WithExperts(c, e => e with { Layers = LayerSet.Where(c.LayerCount, layer => layer >= v.Size) })),
    ];

    private static GgufKey[] Latents() =>
    [
        new("attention.q_lora_rank", c => c.Latent is { QueryRank: > 0 } latent ? (uint)latent.QueryRank : null, (c, v) => WithLatent(c, l => l with { QueryRank = v.Size })),
        new("attention.kv_lora_rank", c => (uint?)c.Latent?.KeyValueRank, (c, v) => WithLatent(c, l => l with { KeyValueRank = v.Count })),
        new("attention.key_length_mla", c => c.Latent is null ? null : (uint)c.HeadDimension, (c, v) => c with { HeadDimension = v.Count }),
        new("attention.value_length_mla", c => c.Latent is null ? null : (uint)c.ValueDimension, (c, v) => c with { StatedValueDimension = v.Count }),
    ];

    // Layers before the first with experts.
    private static int DenseLayers(ModelConfig config)
    {
        int layer = 0;
        while (layer < config.LayerCount && config.Experts?.Layers.Contains(layer) != true)
        {
            layer++;
        }

        return layer;
    }

    private static ModelConfig WithExperts(ModelConfig config, Func<ExpertConfig, ExpertConfig> change) => config with { Experts = config.Experts is { } experts ? change(experts) : null };

    private static ModelConfig WithLatent(ModelConfig config, Func<LatentConfig, LatentConfig> change) => config with { Latent = config.Latent is { } latent ? change(latent) : null };
}
