using System;
using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>GPT-J: both blocks read one norm, neighbours of the first dimensions of a head turn, biases outside attention.</summary>
internal sealed class GptJ : ModelFamily
{
    private const string Layer = "transformer.h.{layer}.";

    /// <inheritdoc/>
    public override string Architecture => "GPTJForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "gptj";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        new(RoleKind.TokenEmbedding, "transformer.wte"),
        new(RoleKind.AttentionNorm, Layer + "ln_1"),
        new(RoleKind.Query, Layer + "attn.q_proj"),
        new(RoleKind.Key, Layer + "attn.k_proj"),
        new(RoleKind.Value, Layer + "attn.v_proj"),
        new(RoleKind.AttentionOutput, Layer + "attn.out_proj"),
        new(RoleKind.Up, Layer + "mlp.fc_in"),
        new(RoleKind.Down, Layer + "mlp.fc_out"),
        new(RoleKind.FinalNorm, "transformer.ln_f"),
        new(RoleKind.Output, "lm_head"),
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        Hidden = "n_embd|hidden_size",
        Layers = "n_layer|num_hidden_layers",
        Heads = "n_head|num_attention_heads",
        KeyValueHeads = null,
        HeadDimension = null,
        FeedForward = "n_inner",
        Context = "n_positions|max_position_embeddings",
        NormEpsilon = "layer_norm_epsilon",
        DefaultNormEpsilon = 1e-5,
        Activation = "activation_function",
        DefaultActivation = Activation.GeluTanh,
        RopeStyle = RopeStyle.Pairs,
        Biases = BiasSites.FeedForward | BiasSites.Norm | BiasSites.Output,
    };

    /// <inheritdoc/>
    public override bool Ignores(string name) => name.EndsWith(".attn.bias", StringComparison.Ordinal) || name.EndsWith(".attn.masked_bias", StringComparison.Ordinal);

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with
    {
        NormKind = NormKind.Layer,
        Residual = ResidualShape.ParallelOneNorm,
        Rope = common.Rope! with { Dimensions = json.OptionalCount("rotary_dim") ?? 64 },
    };

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json.Set("rotary_dim", config.Rope!.Dimensions);
}
