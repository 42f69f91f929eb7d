using System;
using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>Gemma 1: norms that hold their difference from 1, embeddings multiplied by the root of their width, a tanh GELU gate whatever the configuration says.</summary>
internal sealed class Gemma : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "GemmaForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "gemma";

    /// <inheritdoc/>
    public override string GgufArchitecture => "gemma";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names => LlamaNames.All;

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        DefaultHeadDimension = 256,
        DefaultContext = 8192,
        Activation = null,
        DefaultActivation = Activation.GeluTanh,
        TiedByDefault = true,
        BiasFields = [new("attention_bias", BiasSites.QueryKeyValue | BiasSites.AttentionOutput)],
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with { NormOffset = 1, EmbeddingScale = Math.Sqrt(common.HiddenSize) };

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json.Set("hidden_act", "gelu_pytorch_tanh");
}
