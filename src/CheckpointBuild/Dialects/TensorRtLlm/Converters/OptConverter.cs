using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm.Converters;

/// <summary>OPT: learned positions, of which the first two rows are left out.</summary>
internal sealed class OptConverter : ScriptConverter
{
    /// <inheritdoc/>
    public override string Name => "OPT";

    /// <inheritdoc/>
    public override ImmutableArray<string> Architectures => ["OPTForCausalLM"];

    /// <inheritdoc/>
    public override ImmutableArray<RankRule> Rules { get; } =
    [
        new("transformer.vocab_embedding", RoleKind.TokenEmbedding, RankSplit.Vocabulary),
        new("transformer.position_embedding", RoleKind.PositionEmbedding),
        new("transformer.ln_f", RoleKind.FinalNorm),
        new("lm_head", RoleKind.Output, RankSplit.Head),
        .. RankRules.Norms, .. RankRules.Attention, .. RankRules.Plain,
    ];

    /// <inheritdoc/>
    public override string? Refusal(ConverterFields fields) => fields.Config.EmbeddingSize != fields.Config.HiddenSize ? "its embedding is projected, which the reference multiplies into embedding and head"
        : fields.Config.NormsAreBare ? "its norms have no weights, the runtime's have"
        : !fields.Config.Biases.HasFlag(BiasSites.QueryKeyValue) ? "the runtime's matrices have biases, this model's none"
        : base.Refusal(fields);

    /// <inheritdoc/>
    public override JsonObject Config(ConverterFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        ModelConfig config = fields.Config;
        JsonObject json = Start(fields);
        json["logits_dtype"] = "float32";
        json["num_hidden_layers"] = config.LayerCount;
        json["num_attention_heads"] = config.HeadCount;
        json["hidden_size"] = config.HiddenSize;
        json["vocab_size"] = config.VocabularySize;
        json["position_embedding_type"] = "learned_absolute";
        json["max_position_embeddings"] = config.ContextLength;
        json["hidden_act"] = fields.HiddenAct();
        End(json, fields);
        json["do_layer_norm_before"] = config.Residual == ResidualShape.Sequential;
        return json;
    }

    /// <inheritdoc/>
    protected override void AddOwn(RankConfig config, JsonObject result)
    {
        base.AddOwn(config, result);
        Copy(config.Json, "do_layer_norm_before", result, "do_layer_norm_before");
    }
}
