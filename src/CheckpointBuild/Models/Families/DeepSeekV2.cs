using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>DeepSeek V2: latent attention, and experts that are weighed by the softmax of all their scores.</summary>
internal sealed class DeepSeekV2 : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "DeepseekV2ForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "deepseek_v2";

    /// <inheritdoc/>
    public override string GgufArchitecture => "deepseek2";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names => DeepSeekNames.All;

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = DeepSeekNames.Fields with { RopeStyle = RopeStyle.Pairs };

    /// <inheritdoc/>
    public override ModelConfig Derive(ModelConfig config) => DeepSeekNames.Derive(config);

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common)
    {
        bool grouped = json.OptionalText("topk_method") is null or "group_limited_greedy";
        return DeepSeekNames.Read(json, common, new ExpertConfig
        {
            Count = json.OptionalCount("n_routed_experts") ?? 64,
            Used = json.OptionalCount("num_experts_per_tok") ?? 6,
            FeedForwardSize = common.FeedForwardSize,
            Layers = LayerSet.None,
            ScoringIsStated = json.OptionalText("scoring_func") is not null,
            NormalizesWeights = json.OptionalFlag("norm_topk_prob") ?? false,
            GroupCount = grouped ? json.OptionalCount("n_group") ?? 1 : 1,
            GroupsUsed = grouped ? json.OptionalCount("topk_group") ?? 1 : 1,
        });
    }

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config)
    {
        DeepSeekNames.Write(json, config);
        json.Set("topk_method", config.Experts!.GroupCount > 1 ? "group_limited_greedy" : "greedy");
    }
}
