using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>OLMo 2: norms stand behind the blocks, and all heads of queries and keys are normed together.</summary>
internal sealed class Olmo2 : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "Olmo2ForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "olmo2";

    /// <inheritdoc/>
    public override string GgufArchitecture => "olmo2";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        .. LlamaNames.Ends, .. LlamaNames.Attention, .. LlamaNames.HeadNorms, .. LlamaNames.FeedForward, .. LlamaNames.OutputNorms,
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        DefaultNormEpsilon = 1e-5,
        BiasFields = [new("attention_bias", BiasSites.QueryKeyValue | BiasSites.AttentionOutput)],
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with { HeadNorm = HeadNorm.Whole };
}
