using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace CheckpointBuild.Models.Families;

/// <summary>MPT: positions by linear biases, layer norms without biases, queries, keys and values in one matrix.</summary>
internal sealed class Mpt : ModelFamily
{
    private const string Layer = "transformer.blocks.{layer}.";

    /// <inheritdoc/>
    public override string Architecture => "MptForCausalLM";

    /// <inheritdoc/>
    public override ImmutableArray<string> OtherArchitectures => ["MPTForCausalLM"];

    /// <inheritdoc/>
    public override string ModelType => "mpt";

    /// <inheritdoc/>
    public override string GgufArchitecture => "mpt";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        new(RoleKind.TokenEmbedding, "transformer.wte"),
        new(RoleKind.AttentionNorm, Layer + "norm_1"),
        new(Layer + "attn.Wqkv", [RoleKind.Query, RoleKind.Key, RoleKind.Value]),
        new(RoleKind.AttentionOutput, Layer + "attn.out_proj"),
        new(RoleKind.FeedForwardNorm, Layer + "norm_2"),
        new(RoleKind.Up, Layer + "ffn.up_proj"),
        new(RoleKind.Down, Layer + "ffn.down_proj"),
        new(RoleKind.FinalNorm, "transformer.norm_f"),
        new(RoleKind.Output, "lm_head"),
    ];

    /// <inheritdoc/>
    public override ConfigFields Fields { get; } = new()
    {
        Hidden = "d_model|hidden_size",
        Layers = "n_layers|num_hidden_layers",
        Heads = "n_heads|num_attention_heads",
        KeyValueHeads = null,
        HeadDimension = null,
        FeedForward = null,
        Context = "max_seq_len",
        NormEpsilon = "layer_norm_epsilon",
        DefaultNormEpsilon = 1e-5,
        Activation = null,
        DefaultActivation = Activation.Gelu,
        DefaultTheta = null,
        TiedByDefault = true,
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common)
    {
        ConfigReader attention = json.Inner("attn_config");
        return common with
        {
            NormKind = NormKind.Layer,
            AlibiMaxBias = attention.OptionalNumber("alibi_bias_max") ?? 8,
            AttentionScale = attention.OptionalNumber("softmax_scale"),
            ProjectionLimit = attention.OptionalNumber("clip_qkv"),
        };
    }

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config) => json.Set("attn_config", new JsonObject
    {
        ["alibi"] = true,
        ["alibi_bias_max"] = config.AlibiMaxBias,
        ["clip_qkv"] = config.ProjectionLimit,
        ["softmax_scale"] = config.AttentionScale,
    });
}
