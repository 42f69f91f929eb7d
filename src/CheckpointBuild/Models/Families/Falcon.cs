using System.Collections.Immutable;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Models.Families;

/// <summary>Falcon: all queries of a key/value head stand before its key and value; one norm or two before parallel blocks, or blocks one after the other.</summary>
internal sealed class Falcon : ModelFamily
{
    private const string Layer = "transformer.h.{layer}.";

    /// <inheritdoc/>
    public override string Architecture => "FalconForCausalLM";

    /// <inheritdoc/>
    public override ImmutableArray<string> OtherArchitectures => ["RWForCausalLM"];

    /// <inheritdoc/>
    public override string ModelType => "falcon";

    /// <inheritdoc/>
    public override string GgufArchitecture => "falcon";

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        new(RoleKind.TokenEmbedding, "transformer.word_embeddings"),
        new(RoleKind.AttentionNorm, Layer + "ln_attn") { When = c => c.Residual == ResidualShape.Parallel },
        new(RoleKind.AttentionNorm, Layer + "input_layernorm"),
        new(Layer + "self_attention.query_key_value", [RoleKind.Query, RoleKind.Key, RoleKind.Value]) { Layout = TensorLayout.Fused(c => c.KeyValueHeadCount) },
        new(RoleKind.AttentionOutput, Layer + "self_attention.dense"),
        new(RoleKind.FeedForwardNorm, Layer + "ln_mlp") { When = c => c.Residual == ResidualShape.Parallel },
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
        Layers = "num_hidden_layers|n_layer",
        Heads = "num_attention_heads|n_head",
        KeyValueHeads = null,
        HeadDimension = null,
        FeedForward = "ffn_hidden_size",
        NormEpsilon = "layer_norm_epsilon",
        DefaultNormEpsilon = 1e-5,
        Activation = "activation",
        DefaultActivation = Activation.Gelu,
        TiedByDefault = true,
        Biases = BiasSites.Norm,
        BiasFields = [new("bias", BiasSites.QueryKeyValue | BiasSites.AttentionOutput | BiasSites.FeedForward)],
    };

    /// <inheritdoc/>
    protected override ModelConfig Read(ConfigReader json, ModelConfig common)
    {
        if (json.OptionalFlag("alibi") == true)
        {
            throw Errors.ConfigFieldWrong(json.File, "alibi", "true", "false (Falcon with linear biases is not known)");
        }

        bool isNew = json.OptionalFlag("new_decoder_architecture") ?? false;
        bool twoNorms = isNew && (json.OptionalCount("num_ln_in_parallel_attn") ?? 2) == 2;
        bool isParallel = isNew || (json.OptionalFlag("parallel_attn") ?? true);
        return common with
        {
            NormKind = NormKind.Layer,
            KeyValueHeadCount = isNew ? json.OptionalCount("num_kv_heads|n_head_kv") ?? common.HeadCount : json.OptionalFlag("multi_query") ?? true ? 1 : common.HeadCount,
            Residual = twoNorms ? ResidualShape.Parallel : isParallel ? ResidualShape.ParallelOneNorm : ResidualShape.Sequential,
        };
    }

    /// <inheritdoc/>
    protected override void Write(ConfigWriter json, ModelConfig config)
    {
        json
            .Set("alibi", false)
            .Set("new_decoder_architecture", config.Residual == ResidualShape.Parallel || (config.KeyValueHeadCount > 1 && config.KeyValueHeadCount < config.HeadCount))
            .Set("num_ln_in_parallel_attn", config.Residual == ResidualShape.Parallel ? 2 : 1)
            .Set("num_kv_heads", config.KeyValueHeadCount)
            .Set("multi_query", config.KeyValueHeadCount < config.HeadCount)
            .Set("parallel_attn", config.Residual != ResidualShape.Sequential);
    }
}
