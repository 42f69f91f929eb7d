using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>Qwen 3: each head of queries and keys is normed before it is turned; heads have a width of their own.</summary>
internal sealed class Qwen3 : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "Qwen3ForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "qwen3";

    /// <inheritdoc/>
    public override string GgufArchitecture => "qwen3";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        .. LlamaNames.All, .. LlamaNames.HeadNorms,
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        DefaultHeadDimension = 128,
        BiasFields = [new("attention_bias", BiasSites.QueryKeyValue | BiasSites.AttentionOutput)],
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => QwenWindows.Read(json, common) with { HeadNorm = HeadNorm.Shared };

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => QwenWindows.Write(json, config);
}
