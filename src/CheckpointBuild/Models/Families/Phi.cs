using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>Phi 1, 1.5 and 2: both blocks read one layer norm, half of each head turns, biases throughout, the head too.</summary>
internal sealed class Phi : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "PhiForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "phi";

    /// <inheritdoc/>
    public override string GgufArchitecture => "phi2";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        new(RoleKind.TokenEmbedding, "model.embed_tokens"),
        new(RoleKind.AttentionNorm, LlamaNames.Layer + "input_layernorm"),
        new(RoleKind.Query, LlamaNames.Layer + "self_attn.q_proj"),
        new(RoleKind.Key, LlamaNames.Layer + "self_attn.k_proj"),
        new(RoleKind.Value, LlamaNames.Layer + "self_attn.v_proj"),
        new(RoleKind.QueryNorm, LlamaNames.Layer + "self_attn.q_layernorm"),
        new(RoleKind.KeyNorm, LlamaNames.Layer + "self_attn.k_layernorm"),
        new(RoleKind.AttentionOutput, LlamaNames.Layer + "self_attn.dense"),
        new(RoleKind.Up, LlamaNames.Layer + "mlp.fc1"),
        new(RoleKind.Down, LlamaNames.Layer + "mlp.fc2"),
        new(RoleKind.FinalNorm, "model.final_layernorm"),
        new(RoleKind.Output, "lm_head"),
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        HeadDimension = null,
        NormEpsilon = "layer_norm_eps",
        DefaultNormEpsilon = 1e-5,
        DefaultActivation = Activation.GeluTanh,
        DefaultRotaryPart = 0.5,
        Biases = BiasSites.QueryKeyValue | BiasSites.AttentionOutput | BiasSites.FeedForward | BiasSites.Norm | BiasSites.HeadNorm | BiasSites.Output,
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with
    {
        NormKind = NormKind.Layer,
        HeadNorm = json.OptionalFlag("qk_layernorm") == true ? HeadNorm.Shared : HeadNorm.None,
        Residual = ResidualShape.ParallelOneNorm,
    };

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json.Set("qk_layernorm", config.HeadNorm != HeadNorm.None);
}
