using System;
using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>Gemma 2: norms before and behind both blocks, soft caps on scores and logits; every other layer sees a window.</summary>
internal sealed class Gemma2 : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "Gemma2ForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "gemma2";

    /// <inheritdoc/>
    public override string GgufArchitecture => "gemma2";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        .. LlamaNames.Ends, .. GemmaNames.Layer,
    ];

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
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with
    {
        NormOffset = 1,
        EmbeddingScale = Math.Sqrt(common.HiddenSize),
        AttentionScale = 1 / Math.Sqrt(json.OptionalNumber("query_pre_attn_scalar") ?? 256),
        AttentionSoftCap = json.SoftCap("attn_logit_softcapping", 50),
        LogitSoftCap = json.SoftCap("final_logit_softcapping", 30),
        Window = json.Size("sliding_window", 4096),
        WindowLayers = json.WindowLayers(common.LayerCount) ?? LayerSet.Where(common.LayerCount, layer => layer % 2 == 0),
    };

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json
        .Set("hidden_activation", "gelu_pytorch_tanh")
        .Set("query_pre_attn_scalar", GemmaNames.ScalarOf(config))
        .SetFloat("attn_logit_softcapping", config.AttentionSoftCap)
        .SetFloat("final_logit_softcapping", config.LogitSoftCap)
        .Windows();
}
