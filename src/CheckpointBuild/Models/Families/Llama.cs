using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>Llama 1 to 3.3 and the many models of its shape: RMS norms, rotary halves, grouped queries, SiLU gate, optional biases, tied or own head.</summary>
internal sealed class Llama : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "LlamaForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "llama";

    /// <inheritdoc/>
    public override string GgufArchitecture => "llama";

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
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common;
}
