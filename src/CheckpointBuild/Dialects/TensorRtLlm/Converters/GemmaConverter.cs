using System.Collections.Immutable;
using System.Text.Json.Nodes;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm.Converters;

/// <summary>Gemma: norms hold what is multiplied with, the embedding is split whenever there are several ranks, and there are no rotary tables.</summary>
internal class GemmaConverter : Converter
{
    /// <inheritdoc/>
    public override string Name => "Gemma";

    /// <inheritdoc/>
    public override ImmutableArray<string> Architectures => ["GemmaForCausalLM"];

    /// <inheritdoc/>
    public override ImmutableArray<RankRule> Rules { get; } = [.. RankRules.Ends, .. RankRules.Norms, .. RankRules.Attention, .. RankRules.Gated];

    /// <inheritdoc/>
    public override bool StoresRotaryTables => false;

    /// <inheritdoc/>
    public override bool TakesPlainWeightsForFp8 => true;

    /// <inheritdoc/>
    public override TensorRtLlmOptions Settle(TensorRtLlmOptions options, ModelConfig config) => options with { EmbeddingShardingDimension = options.Grid.TensorParallel > 1 ? 0 : null };

    /// <inheritdoc/>
    public override JsonObject Config(ConverterFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        ModelConfig config = fields.Config;
        JsonObject json = fields.AddBase([], fields.Architecture, fields.HiddenAct(), PositionOf(config));

        // The script makes its quantization by itself; ModelOpt's forms have ModelOpt's.
        if (!QuantizationText.IsModelOpt(fields.Options))
        {
            JsonObject quantization = json["quantization"]!.AsObject();
            quantization["smoothquant_val"] = null;
            quantization["pre_quant_scale"] = fields.Options.Quantization.Algorithm is { IsWeightOnly: true };
        }

        json["rotary_base"] = fields.RotaryBase();
        json["attn_bias"] = config.Biases.HasFlag(BiasSites.QueryKeyValue);
        json["mlp_bias"] = false;
        json["rotary_scaling"] = fields.RotaryScaling();
        json["inter_layernorms"] = false;
        return json;
    }
}
