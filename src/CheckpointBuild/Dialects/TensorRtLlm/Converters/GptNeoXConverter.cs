using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm.Converters;

/// <summary>GPT-NeoX: two norms before parallel blocks; the second keeps its name.</summary>
internal sealed class GptNeoXConverter : ScriptConverter
{
    /// <inheritdoc/>
    public override string Name => "GPT-NeoX";

    /// <inheritdoc/>
    public override ImmutableArray<string> Architectures => ["GPTNeoXForCausalLM"];

    /// <inheritdoc/>
    public override ImmutableArray<RankRule> Rules { get; } =
    [
        .. RankRules.Ends, .. RankRules.Attention, .. RankRules.Plain,
        new(RankRule.Layer + "input_layernorm", RoleKind.AttentionNorm),
        new(RankRule.Layer + "post_attention_layernorm", RoleKind.FeedForwardNorm),
    ];

    /// <inheritdoc/>
    public override string? Refusal(ConverterFields fields) => fields.Config.Residual != ResidualShape.Parallel ? "the runtime computes its blocks side by side, this model one after the other"
        : !fields.Config.Biases.HasFlag(BiasSites.QueryKeyValue) ? "the runtime's attention has biases, this model's none"
        : base.Refusal(fields);

    /// <inheritdoc/>
    public override JsonObject Config(ConverterFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        ModelConfig config = fields.Config;
        JsonObject json = Start(fields);
        json["num_hidden_layers"] = config.LayerCount;
        json["num_attention_heads"] = config.HeadCount;
        json["hidden_size"] = config.HiddenSize;
        json["vocab_size"] = config.VocabularySize;
        json["position_embedding_type"] = "learned_absolute";
        json["max_position_embeddings"] = config.ContextLength;
        json["rotary_emb_base"] = fields.RotaryBase();
        json["rotary_pct"] = (double)config.Rope!.Dimensions / config.HeadDimension;
        json["hidden_act"] = fields.HiddenAct();
        return End(json, fields);
    }

    /// <inheritdoc/>
    protected override void AddOwn(RankConfig config, JsonObject result)
    {
        base.AddOwn(config, result);
        Copy(config.Json, "rotary_emb_base", result, "rotary_emb_base");
        Copy(config.Json, "rotary_emb_base", result, "rope_theta");
        Copy(config.Json, "rotary_pct", result, "rotary_pct");
        Copy(config.Json, "rotary_pct", result, "partial_rotary_factor");
        result["tie_word_embeddings"] = false;
    }
}
