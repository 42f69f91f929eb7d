using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>Granite 3: a Llama whose embeddings, scores, results and logits have multipliers.</summary>
internal sealed class Granite : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "GraniteForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "granite";

    /// <inheritdoc/>
    public override string GgufArchitecture => "granite";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names => LlamaNames.All;

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        BiasFields =
        [
            new("attention_bias", BiasSites.QueryKeyValue | BiasSites.AttentionOutput),
            new("mlp_bias", BiasSites.FeedForward),
        ],
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with
    {
        EmbeddingScale = json.OptionalNumber("embedding_multiplier") ?? 1,
        AttentionScale = json.OptionalNumber("attention_multiplier") ?? 1,
        ResidualScale = json.OptionalNumber("residual_multiplier") ?? 1,
        LogitDivisor = json.OptionalNumber("logits_scaling") ?? 1,
    };

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json
        .SetFloat("embedding_multiplier", config.EmbeddingScale)
        .SetFloat("attention_multiplier", config.ScoreScale)
        .SetFloat("residual_multiplier", config.ResidualScale)
        .SetFloat("logits_scaling", config.LogitDivisor);
}
