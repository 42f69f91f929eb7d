using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CheckpointBuild.Dialects.TensorRtLlm.Smoothing;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm.Converters;

/// <summary>GPT-2 and those that the runtime computes with its code: StarCoder 2, Nemotron.</summary>
internal sealed class GptConverter : Converter
{
    /// <inheritdoc/>
    public override string Name => "GPT";

    /// <inheritdoc/>
    public override ImmutableArray<string> Architectures => ["GPT2LMHeadModel", "Starcoder2ForCausalLM", "NemotronForCausalLM"];

    /// <inheritdoc/>
    public override ImmutableArray<RankRule> Rules { get; } = [.. RankRules.Ends, .. RankRules.Norms, .. RankRules.Attention, .. RankRules.Plain];

    /// <inheritdoc/>
    public override bool StoresRotaryTables => false;

    /// <inheritdoc/>
    public override SmoothStyle Smoothing { get; } = new(false, false);

    /// <inheritdoc/>
    public override JsonObject Config(ConverterFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        ModelConfig config = fields.Config;
        var json = new JsonObject
        {
            ["gpt_variant"] = fields.Checkpoint.Family.ModelType,
            ["bias"] = config.Biases.HasFlag(BiasSites.FeedForward),
            ["q_scaling"] = 1,
            ["embedding_scale"] = null,
            ["apply_query_key_layer_scaling"] = false,
            ["rotary_pct"] = config.Rope is { } rope ? (double)rope.Dimensions / config.HeadDimension : 1.0,
            ["rotary_base"] = fields.RotaryBase(),
            ["rotary_scaling"] = fields.RotaryScaling(),
            ["inner_layernorm"] = false,
            ["norm_before_bmm1"] = false,
            ["moe"] = fields.Moe(1),
        };
        return fields.AddBase(json, fields.Architecture, fields.HiddenAct(), PositionOf(config));
    }

    /// <inheritdoc/>
    protected override void AddOwn(RankConfig config, JsonObject result)
    {
        if (config.Family.ModelType != "gpt2")
        {
            Copy(config.Json, "rotary_base", result, "rope_theta");
            Copy(config.Json, "rotary_pct", result, "partial_rotary_factor");
        }
    }
}
