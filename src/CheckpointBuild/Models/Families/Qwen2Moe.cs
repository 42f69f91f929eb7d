using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>Qwen 1.5 and 2 with experts: some layers have many narrow experts and one that every token sees and weighs.</summary>
internal sealed class Qwen2Moe : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "Qwen2MoeForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "qwen2_moe";

    /// <inheritdoc/>
    public override string GgufArchitecture => "qwen2moe";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        .. LlamaNames.All, .. LlamaNames.Experts,
        new(RoleKind.SharedGate, LlamaNames.Layer + "mlp.shared_expert.gate_proj"),
        new(RoleKind.SharedUp, LlamaNames.Layer + "mlp.shared_expert.up_proj"),
        new(RoleKind.SharedDown, LlamaNames.Layer + "mlp.shared_expert.down_proj"),
        new(RoleKind.SharedRouter, LlamaNames.Layer + "mlp.shared_expert_gate"),
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        BiasFields = [new("qkv_bias", BiasSites.QueryKeyValue, Default: true)],
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => QwenWindows.Read(json, common) with
    {
        Experts = new ExpertConfig
        {
            Count = json.OptionalCount("num_experts") ?? 60,
            Used = json.OptionalCount("num_experts_per_tok") ?? 4,
            FeedForwardSize = json.OptionalCount("moe_intermediate_size") ?? 1408,
            Layers = json.SparseLayers(common.LayerCount),
            NormalizesWeights = json.OptionalFlag("norm_topk_prob") ?? false,
            SharedFeedForwardSize = json.OptionalCount("shared_expert_intermediate_size") ?? 5632,
            SharedIsWeighed = true,
        },
    };

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config)
    {
        QwenWindows.Write(json, config);
        json
            .Set("num_experts", config.Experts!.Count)
            .Set("num_experts_per_tok", config.Experts.Used)
            .Set("moe_intermediate_size", config.Experts.FeedForwardSize)
            .Set("norm_topk_prob", config.Experts.NormalizesWeights)
            .Set("shared_expert_intermediate_size", config.Experts.SharedFeedForwardSize)
            .SparseLayers();
    }
}
