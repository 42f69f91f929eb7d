using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>OPT: learned positions from the third row on, ReLU, biases throughout; the 350M model norms after each sum and has narrow embeddings.</summary>
internal sealed class Opt : ModelFamily
{
    private const string Layer = "model.decoder.layers.{layer}.";

    /// <inheritdoc/>
    public override string Architecture => "OPTForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "opt";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        new(RoleKind.TokenEmbedding, "model.decoder.embed_tokens"),
        new(RoleKind.PositionEmbedding, "model.decoder.embed_positions"),
        new(RoleKind.EmbeddingProjection, "model.decoder.project_in"),
        new(RoleKind.AttentionNorm, Layer + "self_attn_layer_norm"),
        new(RoleKind.Query, Layer + "self_attn.q_proj"),
        new(RoleKind.Key, Layer + "self_attn.k_proj"),
        new(RoleKind.Value, Layer + "self_attn.v_proj"),
        new(RoleKind.AttentionOutput, Layer + "self_attn.out_proj"),
        new(RoleKind.FeedForwardNorm, Layer + "final_layer_norm"),
        new(RoleKind.Up, Layer + "fc1"),
        new(RoleKind.Down, Layer + "fc2"),
        new(RoleKind.FinalNorm, "model.decoder.final_layer_norm"),
        new(RoleKind.OutputProjection, "model.decoder.project_out"),
        new(RoleKind.Output, "lm_head"),
    ];

    /// <inheritdoc/>
    public override string NamePrefix => "model.";

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        KeyValueHeads = null,
        HeadDimension = null,
        FeedForward = "ffn_dim",
        NormEpsilon = null,
        DefaultNormEpsilon = 1e-5,
        Activation = "activation_function",
        DefaultActivation = Activation.Relu,
        DefaultTheta = null,
        TiedByDefault = true,
        Biases = BiasSites.Norm,
        BiasFields = [new("enable_bias", BiasSites.QueryKeyValue | BiasSites.AttentionOutput | BiasSites.FeedForward, Default: true)],
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with
    {
        NormKind = NormKind.Layer,
        PositionOffset = 2,
        StatedEmbeddingSize = json.OptionalCount("word_embed_proj_dim") ?? 0,
        Residual = json.OptionalFlag("do_layer_norm_before") == false ? ResidualShape.NormAfterSum : ResidualShape.Sequential,
    };

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json
        .Set("word_embed_proj_dim", config.EmbeddingSize)
        .Set("do_layer_norm_before", config.Residual == ResidualShape.Sequential);
}
