using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>Qwen 3 with experts, and none that every token sees. Where windows are used, every layer has one.</summary>
internal sealed class Qwen3Moe : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "Qwen3MoeForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "qwen3_moe";

    /// <inheritdoc/>
    public override string GgufArchitecture => "qwen3moe";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        .. LlamaNames.All, .. LlamaNames.HeadNorms, .. LlamaNames.Experts,
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        BiasFields = [new("attention_bias", BiasSites.QueryKeyValue | BiasSites.AttentionOutput)],
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with
    {
        HeadNorm = HeadNorm.Shared,
        Window = json.OptionalFlag("use_sliding_window") == true ? json.Size("sliding_window", 4096) : 0,
        WindowLayers = LayerSet.All(common.LayerCount),
        Experts = new ExpertConfig
        {
            Count = json.OptionalCount("num_experts|num_local_experts") ?? 128,
            Used = json.OptionalCount("num_experts_per_tok") ?? 8,
            FeedForwardSize = json.OptionalCount("moe_intermediate_size") ?? 768,
            Layers = json.SparseLayers(common.LayerCount),
            NormalizesWeights = json.OptionalFlag("norm_topk_prob") ?? false,
        },
    };

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json
        .Set("num_experts", config.Experts!.Count)
        .Set("num_experts_per_tok", config.Experts.Used)
        .Set("moe_intermediate_size", config.Experts.FeedForwardSize)
        .Set("norm_topk_prob", config.Experts.NormalizesWeights)
        .Set("use_sliding_window", config.Window > 0)
        .Set("sliding_window", config.Window > 0 ? config.Window : null)
        .SparseLayers();
}
