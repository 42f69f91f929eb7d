using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>Command R: both blocks read one layer norm without bias; neighbours turn; logits are multiplied.</summary>
internal sealed class Cohere : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "CohereForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "cohere";

    /// <inheritdoc/>
    public override string GgufArchitecture => "command-r";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        .. LlamaNames.Ends,
        new(RoleKind.AttentionNorm, LlamaNames.Layer + "input_layernorm"),
        .. LlamaNames.Attention, .. LlamaNames.FeedForward,
        new(RoleKind.QueryNorm, LlamaNames.Layer + "self_attn.q_norm") { Layout = TensorLayout.Stacked },
        new(RoleKind.KeyNorm, LlamaNames.Layer + "self_attn.k_norm") { Layout = TensorLayout.Stacked },
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        HeadDimension = null,
        NormEpsilon = "layer_norm_eps",
        DefaultNormEpsilon = 1e-5,
        DefaultContext = 8192,
        RopeStyle = RopeStyle.Pairs,
        TiedByDefault = true,
        BiasFields = [new("attention_bias", BiasSites.QueryKeyValue | BiasSites.AttentionOutput)],
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with
    {
        NormKind = NormKind.Layer,
        HeadNorm = json.OptionalFlag("use_qk_norm") == true ? HeadNorm.PerHead : HeadNorm.None,
        Residual = ResidualShape.ParallelOneNorm,
        LogitScale = json.OptionalNumber("logit_scale") ?? 0.0625,
    };

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json
        .Set("use_qk_norm", config.HeadNorm != HeadNorm.None)
        .SetFloat("logit_scale", config.LogitScale);
}
