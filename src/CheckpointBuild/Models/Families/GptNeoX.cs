using System;
using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>GPT-NeoX and Pythia: each head keeps its query, key and value rows together; a quarter of it turns; parallel blocks with a norm each.</summary>
internal sealed class GptNeoX : ModelFamily
{
    private const string Layer = "gpt_neox.layers.{layer}.";

    /// <inheritdoc/>
    public override string Architecture => "GPTNeoXForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "gpt_neox";

    /// <inheritdoc/>
    public override string GgufArchitecture => "gptneox";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        new(RoleKind.TokenEmbedding, "gpt_neox.embed_in"),
        new(RoleKind.AttentionNorm, Layer + "input_layernorm"),
        new(Layer + "attention.query_key_value", [RoleKind.Query, RoleKind.Key, RoleKind.Value]) { Layout = TensorLayout.Fused(c => c.HeadCount) },
        new(RoleKind.AttentionOutput, Layer + "attention.dense"),
        new(RoleKind.FeedForwardNorm, Layer + "post_attention_layernorm"),
        new(RoleKind.Up, Layer + "mlp.dense_h_to_4h"),
        new(RoleKind.Down, Layer + "mlp.dense_4h_to_h"),
        new(RoleKind.FinalNorm, "gpt_neox.final_layer_norm"),
        new(RoleKind.Output, "embed_out"),
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        KeyValueHeads = null,
        HeadDimension = null,
        NormEpsilon = "layer_norm_eps",
        DefaultNormEpsilon = 1e-5,
        DefaultActivation = Activation.Gelu,
        DefaultRotaryPart = 0.25,
        Biases = BiasSites.FeedForward | BiasSites.Norm,
        BiasFields = [new("attention_bias", BiasSites.QueryKeyValue | BiasSites.AttentionOutput, Default: true)],
    };

    /// <inheritdoc/>
    public override bool Ignores(string name) =>
        base.Ignores(name) || name.EndsWith(".attention.bias", StringComparison.Ordinal) || name.EndsWith(".attention.masked_bias", StringComparison.Ordinal);

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with
    {
        NormKind = NormKind.Layer,
        Residual = json.OptionalFlag("use_parallel_residual") == false ? ResidualShape.Sequential : ResidualShape.Parallel,
    };

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json.Set("use_parallel_residual", config.Residual == ResidualShape.Parallel);
}
