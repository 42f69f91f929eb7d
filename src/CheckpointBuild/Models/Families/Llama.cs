using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace CheckpointBuild.Models.Families;

/// <summary>Llama 1 to 3.3 and the many models of its shape: RMS norms, rotary halves, grouped queries, SiLU gate, optional biases, tied or own head.</summary>
internal sealed class Llama : ModelFamily
{
    /// <inheritdoc/>
    public override string Architecture => "LlamaForCausalLM";

    /// <inheritdoc/>
    public override string ModelType => "llama";

    /// <inheritdoc/>
    public override string GgufArchitecture => "llama";

    /// <inheritdoc/>
    public override bool GgufInterleavesRotary => true;

    /// <inheritdoc/>
    public override ImmutableArray<NameRule> Names { get; } =
    [
        new(RoleKind.TokenEmbedding, "model.embed_tokens"),
        new(RoleKind.AttentionNorm, "model.layers.{layer}.input_layernorm"),
        new(RoleKind.Query, "model.layers.{layer}.self_attn.q_proj", c => c.AttentionBias),
        new(RoleKind.Key, "model.layers.{layer}.self_attn.k_proj", c => c.AttentionBias),
        new(RoleKind.Value, "model.layers.{layer}.self_attn.v_proj", c => c.AttentionBias),
        new(RoleKind.AttentionOutput, "model.layers.{layer}.self_attn.o_proj", c => c.AttentionBias),
        new(RoleKind.FeedForwardNorm, "model.layers.{layer}.post_attention_layernorm"),
        new(RoleKind.Gate, "model.layers.{layer}.mlp.gate_proj", c => c.FeedForwardBias),
        new(RoleKind.Up, "model.layers.{layer}.mlp.up_proj", c => c.FeedForwardBias),
        new(RoleKind.Down, "model.layers.{layer}.mlp.down_proj", c => c.FeedForwardBias),
        new(RoleKind.FinalNorm, "model.norm"),
        new(RoleKind.Output, "lm_head"),
    ];

    /// <inheritdoc/>
    public override ModelConfig ReadConfig(ConfigReader json)
    {
        int hidden = json.Count("hidden_size");
        int heads = json.Count("num_attention_heads");
        int? headDimension = json.OptionalCount("head_dim");
        int dimension = headDimension ?? json.Quotient("hidden_size", "num_attention_heads");
        return new ModelConfig
        {
            HiddenSize = hidden,
            LayerCount = json.Count("num_hidden_layers"),
            HeadCount = heads,
            KeyValueHeadCount = json.OptionalCount("num_key_value_heads") ?? heads,
            HeadDimension = dimension,
            HeadDimensionIsStated = headDimension is not null,
            FeedForwardSize = json.Count("intermediate_size"),
            VocabularySize = json.Count("vocab_size"),
            ContextLength = json.OptionalCount("max_position_embeddings") ?? 2048,
            NormEpsilon = json.OptionalNumber("rms_norm_eps") ?? 1e-6,
            Rope = json.Rope(dimension, defaultTheta: 10000),
            Activation = json.Activation("hidden_act", Activation.Silu),
            TiedEmbeddings = json.OptionalFlag("tie_word_embeddings") ?? false,
            AttentionBias = json.OptionalFlag("attention_bias") ?? false,
            FeedForwardBias = json.OptionalFlag("mlp_bias") ?? false,
            BeginToken = json.OptionalToken("bos_token_id"),
            EndTokens = json.Tokens("eos_token_id"),
            StatedDType = json.OptionalText("dtype") ?? json.OptionalText("torch_dtype"),
        }.Validated(json.File);
    }

    /// <inheritdoc/>
    public override JsonObject WriteConfig(ModelConfig config) => new ConfigWriter(this, config)
        .Set("attention_bias", config.AttentionBias)
        .Tokens()
        .Set("head_dim", config.HeadDimension)
        .Set("hidden_act", config.Activation switch { Activation.Silu => "silu", Activation.Gelu => "gelu", Activation.Relu => "relu", _ => "gelu_pytorch_tanh" })
        .Set("hidden_size", config.HiddenSize)
        .Set("intermediate_size", config.FeedForwardSize)
        .Set("max_position_embeddings", config.ContextLength)
        .Set("mlp_bias", config.FeedForwardBias)
        .Set("num_attention_heads", config.HeadCount)
        .Set("num_hidden_layers", config.LayerCount)
        .Set("num_key_value_heads", config.KeyValueHeadCount)
        .SetFloat("rms_norm_eps", config.NormEpsilon)
        .Rope()
        .Set("tie_word_embeddings", config.TiedEmbeddings)
        .Set("vocab_size", config.VocabularySize)
        .Sorted();
}
