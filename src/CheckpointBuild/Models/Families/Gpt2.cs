using System;
using System.Collections.Immutable;

namespace CheckpointBuild.Models.Families;

/// <summary>GPT-2: learned positions, layer norms, biases throughout, matrices stored [in, out].</summary>
internal sealed class Gpt2 : ModelFamily
{
    private const string Layer = "transformer.h.{layer}.";

    /// <inheritdoc/>
    public override string Architecture => "GPT2LMHeadModel";

    /// <inheritdoc/>
    public override string ModelType => "gpt2";

    /// <inheritdoc/>
    public override string GgufArchitecture => "gpt2";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        new(RoleKind.TokenEmbedding, "transformer.wte"),
        new(RoleKind.PositionEmbedding, "transformer.wpe"),
        new(RoleKind.AttentionNorm, Layer + "ln_1"),
        new(Layer + "attn.c_attn", [RoleKind.Query, RoleKind.Key, RoleKind.Value]) { Layout = TensorLayout.InOut },
        new(RoleKind.AttentionOutput, Layer + "attn.c_proj") { Layout = TensorLayout.InOut },
        new(RoleKind.FeedForwardNorm, Layer + "ln_2"),
        new(RoleKind.Up, Layer + "mlp.c_fc") { Layout = TensorLayout.InOut },
        new(RoleKind.Down, Layer + "mlp.c_proj") { Layout = TensorLayout.InOut },
        new(RoleKind.FinalNorm, "transformer.ln_f"),
        new(RoleKind.Output, "lm_head"),
    ];

    /// <inheritdoc/>
    public override string NamePrefix => "transformer.";

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
        DefaultContext = 1024,
        DefaultTheta = null,
        TiedByDefault = true,
        Biases = BiasSites.QueryKeyValue | BiasSites.AttentionOutput | BiasSites.FeedForward | BiasSites.Norm,
    };

    /// <inheritdoc/>
    public override bool Ignores(string name) => name.EndsWith(".attn.bias", StringComparison.Ordinal) || name.EndsWith(".attn.masked_bias", StringComparison.Ordinal);

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common) => common with
    {
        NormKind = NormKind.Layer,
        PositionOffset = 0,
        AttentionScale = json.OptionalFlag("scale_attn_weights") == false ? 1 : null,
    };
}
