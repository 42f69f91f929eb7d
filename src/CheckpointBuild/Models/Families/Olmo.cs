using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>OLMo 1: norms without weights, and a limit for queries, keys and values.</summary>
internal sealed class Olmo : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "OlmoForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "olmo";

    /// <inheritdoc/>
    public override string GgufArchitecture => "olmo";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        .. LlamaNames.Ends, .. LlamaNames.Attention, .. LlamaNames.FeedForward,
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        NormEpsilon = null,
        DefaultNormEpsilon = 1e-5,
        BiasFields = [new("attention_bias", BiasSites.QueryKeyValue | BiasSites.AttentionOutput)],
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with { NormKind = NormKind.Layer, NormsAreBare = true, ProjectionLimit = json.OptionalNumber("clip_qkv") };

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json.SetFloat("clip_qkv", config.ProjectionLimit);
}
