using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>BLOOM: positions by linear biases, a norm behind the embedding, each head keeps its query, key and value rows together.</summary>
internal sealed class Bloom : ModelFamily
{
    private const string Layer = "transformer.h.{layer}.";

    /// <inheritdoc/>
    public override string Architecture => "BloomForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "bloom";

    /// <inheritdoc/>
    public override string GgufArchitecture => "bloom";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        new(RoleKind.TokenEmbedding, "transformer.word_embeddings"),
        new(RoleKind.EmbeddingNorm, "transformer.word_embeddings_layernorm"),
        new(RoleKind.AttentionNorm, Layer + "input_layernorm"),
        new(Layer + "self_attention.query_key_value", [RoleKind.Query, RoleKind.Key, RoleKind.Value]) { Layout = TensorLayout.Fused(c => c.HeadCount) },
        new(RoleKind.AttentionOutput, Layer + "self_attention.dense"),
        new(RoleKind.FeedForwardNorm, Layer + "post_attention_layernorm"),
        new(RoleKind.Up, Layer + "mlp.dense_h_to_4h"),
        new(RoleKind.Down, Layer + "mlp.dense_4h_to_h"),
        new(RoleKind.FinalNorm, "transformer.ln_f"),
        new(RoleKind.Output, "lm_head"),
    ];

    /// <inheritdoc/>
    public override string NamePrefix => "transformer.";

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        Hidden = "hidden_size|n_embed",
        Layers = "n_layer|num_hidden_layers",
        Heads = "n_head|num_attention_heads",
        KeyValueHeads = null,
        HeadDimension = null,
        FeedForward = null,
        Context = "seq_length",
        NormEpsilon = "layer_norm_epsilon",
        DefaultNormEpsilon = 1e-5,
        Activation = null,
        DefaultActivation = Activation.GeluTanh,
        DefaultTheta = null,
        TiedByDefault = true,
        Biases = BiasSites.QueryKeyValue | BiasSites.AttentionOutput | BiasSites.FeedForward | BiasSites.Norm,
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with
    {
        NormKind = NormKind.Layer,
        AlibiMaxBias = 8,
        Residual = json.OptionalFlag("apply_residual_connection_post_layernorm") == true ? ResidualShape.NormIsResidual : ResidualShape.Sequential,
    };

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json.Set("apply_residual_connection_post_layernorm", config.Residual == ResidualShape.NormIsResidual);
}
