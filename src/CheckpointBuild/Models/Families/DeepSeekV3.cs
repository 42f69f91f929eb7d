using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>DeepSeek V3 and R1: V2 with experts weighed by the logistic function, chosen after a correction within the best groups.</summary>
internal sealed class DeepSeekV3 : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "DeepseekV3ForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "deepseek_v3";

    /// <inheritdoc/>
    public override string GgufArchitecture => "deepseek2";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        .. DeepSeekNames.All,
        new(RoleKind.RouterCorrection, LlamaNames.Layer + "mlp.gate.e_score_correction_bias") { WeightSuffix = "" },
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = DeepSeekNames.Fields with { RopeStyle = RopeStyle.Pairs };

    /// <inheritdoc/>
    public override ModelConfig Derive(ModelConfig config) => DeepSeekNames.Derive(config);

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common)
    {
        RopeStyle style = json.OptionalFlag("rope_interleave") == false ? RopeStyle.Halves : RopeStyle.Pairs;
        return DeepSeekNames.Read(json, common with { Rope = common.Rope! with { Style = style } }, new ExpertConfig
        {
            Count = json.OptionalCount("n_routed_experts") ?? 256,
            Used = json.OptionalCount("num_experts_per_tok") ?? 8,
            FeedForwardSize = common.FeedForwardSize,
            Layers = LayerSet.None,
            Scoring = ExpertScoring.Sigmoid,
            ScoringIsStated = json.OptionalText("scoring_func") is not null,
            NormalizesWeights = json.OptionalFlag("norm_topk_prob") ?? true,
            HasCorrection = true,
            GroupCount = json.OptionalCount("n_group") ?? 1,
            GroupsUsed = json.OptionalCount("topk_group") ?? 1,
            GroupScoreCount = 2,
        });
    }

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config)
    {
        DeepSeekNames.Write(json, config);
        json.Set("rope_interleave", config.Rope!.Style == RopeStyle.Pairs);
    }
}
