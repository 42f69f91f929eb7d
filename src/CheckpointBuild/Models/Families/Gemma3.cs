using System;
using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace CheckpointBuild.Models.Families;

/// <summary>Gemma 3, text: five of six layers see a window and turn by a base of their own; each head is normed.</summary>
internal sealed class Gemma3 : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "Gemma3ForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "gemma3_text";

    /// <inheritdoc/>
    public override string GgufArchitecture => "gemma3";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        .. LlamaNames.Ends, .. GemmaNames.Layer, .. LlamaNames.HeadNorms,
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        DefaultHeadDimension = 256,
        DefaultContext = 131072,
        Activation = null,
        DefaultActivation = Activation.GeluTanh,
        TiedByDefault = true,
        BiasFields = [new("attention_bias", BiasSites.QueryKeyValue | BiasSites.AttentionOutput)],
        DefaultTheta = 1e6,
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common)
    {
        int pattern = json.OptionalCount("sliding_window_pattern|_sliding_window_pattern") ?? 6;
        return common with
        {
            NormOffset = 1,
            HeadNorm = HeadNorm.Shared,
            EmbeddingScale = Math.Sqrt(common.HiddenSize),
            AttentionScale = 1 / Math.Sqrt(json.OptionalNumber("query_pre_attn_scalar") ?? 256),
            LogitSoftCap = json.SoftCap("final_logit_softcapping", null),
            Window = json.Size("sliding_window", 4096),
            WindowLayers = json.WindowLayers(common.LayerCount) ?? LayerSet.Where(common.LayerCount, layer => (layer + 1) % pattern != 0),
            WindowRope = json.WindowRope(common.Rope!, "rope_local_base_freq", 10000),
        };
    }

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json
        .Set("hidden_activation", "gelu_pytorch_tanh")
        .Set("query_pre_attn_scalar", GemmaNames.ScalarOf(config))
        .SetFloat("final_logit_softcapping", config.LogitSoftCap)
        .Set("rope_parameters", new JsonObject { ["full_attention"] = json.Rope(config.Rope!), ["sliding_attention"] = json.Rope(config.WindowRope!) })
        .Windows();
}
