using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm.Converters;

/// <summary>Falcon: two norms before parallel blocks, or one, or blocks one after the other.</summary>
internal sealed class FalconConverter : Converter
{
    /// <inheritdoc/>
    public override string Name => "Falcon";

    /// <inheritdoc/>
    public override ImmutableArray<string> Architectures => ["FalconForCausalLM"];

    /// <inheritdoc/>
    public override ImmutableArray<RankRule> Rules { get; } =
    [
        .. RankRules.Ends, .. RankRules.Attention, .. RankRules.Plain,
        new(RankRule.Layer + "input_layernorm", RoleKind.AttentionNorm),
        new(RankRule.Layer + "mlp_layernorm", RoleKind.FeedForwardNorm) { When = c => c.Residual == ResidualShape.Parallel },
        new(RankRule.Layer + "post_layernorm", RoleKind.FeedForwardNorm) { When = c => c.Residual != ResidualShape.Parallel },
    ];

    /// <inheritdoc/>
    public override JsonObject Config(ConverterFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        ModelConfig config = fields.Config;
        var json = new JsonObject
        {
            ["bias"] = config.Biases.HasFlag(BiasSites.FeedForward),
            ["parallel_attention"] = config.Residual != ResidualShape.Sequential,
            ["num_ln_in_parallel_attn"] = fields.Source("num_ln_in_parallel_attn")?.DeepClone(),
            ["new_decoder_architecture"] = config.Residual == ResidualShape.Parallel || (config.KeyValueHeadCount > 1 && config.KeyValueHeadCount < config.HeadCount),
            ["rotary_base"] = fields.RotaryBase(),
        };
        return fields.AddBase(json, "FalconForCausalLM", fields.HiddenAct(), PositionOf(config));
    }

    /// <inheritdoc/>
    protected override void AddOwn(RankConfig config, JsonObject result)
    {
        Copy(config.Json, "new_decoder_architecture", result, "new_decoder_architecture");
        Copy(config.Json, "num_ln_in_parallel_attn", result, "num_ln_in_parallel_attn");
        Copy(config.Json, "parallel_attention", result, "parallel_attn");
        Copy(config.Json, "num_key_value_heads", result, "num_kv_heads");
        result["multi_query"] = config.Fields.OptionalCount("num_key_value_heads") == 1;
        result["alibi"] = false;
    }
}
