using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm.Converters;

/// <summary>Cohere's Command R: one norm before parallel blocks, and scaled logits.</summary>
internal sealed class CohereConverter : Converter
{
    /// <inheritdoc/>
    public override string Name => "Cohere";

    /// <inheritdoc/>
    public override ImmutableArray<string> Architectures => ["CohereForCausalLM"];

    /// <inheritdoc/>
    public override ImmutableArray<RankRule> Rules { get; } = [.. RankRules.Ends, .. RankRules.AttentionOfNormedHeads, .. RankRules.Gated, new(RankRule.Layer + "input_layernorm", RoleKind.AttentionNorm)];

    /// <inheritdoc/>
    public override bool PadsWeightOnly => true;

    /// <inheritdoc/>
    public override TensorRtLlmOptions Settle(TensorRtLlmOptions options, ModelConfig config)
    {
        System.ArgumentNullException.ThrowIfNull(options);
        System.ArgumentNullException.ThrowIfNull(config);
        return config.TiedEmbeddings ? options with { EmbeddingShardingDimension = 0 } : options;
    }

    /// <inheritdoc/>
    public override JsonObject Config(ConverterFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        ModelConfig config = fields.Config;
        var json = new JsonObject
        {
            ["output_multiplier_scale"] = fields.Number(config.LogitScale, "logit_scale"),
            ["rotary_base"] = fields.RotaryBase(),
            ["attn_bias"] = config.Biases.HasFlag(BiasSites.QueryKeyValue),
        };
        fields.AddBase(json, fields.Architecture, fields.HiddenAct(), "rope_gptj");
        json["tie_word_embeddings"] = config.TiedEmbeddings;
        return json;
    }

    /// <inheritdoc/>
    protected override void AddOwn(RankConfig config, JsonObject result)
    {
        Copy(config.Json, "output_multiplier_scale", result, "logit_scale");
        Copy(config.Json, "qk_layernorm", result, "use_qk_norm");
    }
}
