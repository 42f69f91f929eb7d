using System.Collections.Immutable;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Dialects.TensorRtLlm.Smoothing;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm.Converters;

/// <summary>Qwen 2 and 3, dense and with experts.</summary>
internal sealed class QwenConverter : Converter
{
    /// <inheritdoc/>
    public override string Name => "QWen";

    /// <inheritdoc/>
    public override ImmutableArray<string> Architectures => ["Qwen2ForCausalLM", "Qwen2MoeForCausalLM", "Qwen3ForCausalLM", "Qwen3MoeForCausalLM"];

    /// <inheritdoc/>
    public override ImmutableArray<RankRule> Rules { get; } = [.. RankRules.Ends, .. RankRules.Norms, .. RankRules.Attention, .. RankRules.Gated, .. RankRules.Experts];

    /// <inheritdoc/>
    public override bool PadsWeightOnly => true;

    /// <inheritdoc/>
    public override SmoothStyle Smoothing { get; } = new(true, false);

    /// <inheritdoc/>
    public override string? Refusal(ConverterFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        return fields.Checkpoint.Family.ModelType.StartsWith("qwen3", System.StringComparison.Ordinal) && !fields.Options.Version.HasQwen3 ? $"the runtime of {fields.Options.Version.Name} has no such class; choose TensorRtLlmVersion {TensorRtLlmVersion.All[^1].Name}"
            : fields.Config.Experts is { } experts && Enumerable.Range(0, fields.Config.LayerCount).Any(l => !experts.Layers.Contains(l)) ? "some of its layers have no experts, and the runtime has them in every layer" : null;
    }

    /// <inheritdoc/>
    public override JsonObject Config(ConverterFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        ModelConfig config = fields.Config;
        ExpertConfig? experts = config.Experts;
        string type = fields.Checkpoint.Family.ModelType;

        // Qwen 3 divides the chosen experts' weights by their sum where its configuration says so; Qwen 2 never does in the runtime.
        bool normalizes = experts is { NormalizesWeights: true } && type.StartsWith("qwen3", System.StringComparison.Ordinal);
        var json = new JsonObject
        {
            ["mlp_bias"] = false,
            ["attn_bias"] = config.Biases.HasFlag(BiasSites.QueryKeyValue),
            ["rotary_base"] = fields.RotaryBase(),
            ["rotary_scaling"] = fields.RotaryScaling(),
            ["disable_weight_only_quant_plugin"] = fields.Options.DisablesWeightOnlyPlugin,
            ["num_labels"] = 1,
            ["use_logn_attn"] = false,
            ["moe"] = fields.Moe(normalizes ? 1 : 0),
        };
        fields.AddBase(json, fields.Architecture, experts is null ? fields.HiddenAct() : "swiglu", PositionOf(config));
        json["seq_length"] = fields.Source("seq_length")?.DeepClone() ?? 8192;
        json["qwen_type"] = type;
        json["moe_intermediate_size"] = experts?.FeedForwardSize ?? 0;
        json["moe_shared_expert_intermediate_size"] = experts?.SharedFeedForwardSize ?? 0;
        json["tie_word_embeddings"] = config.TiedEmbeddings;
        return json;
    }

    /// <inheritdoc/>
    protected override void AddOwn(RankConfig config, JsonObject result)
    {
        if (config.Experts.Size("num_experts", 0) > 0)
        {
            JsonObject moe = config.Json["moe"]!.AsObject();
            Copy(moe, "num_experts", result, "num_experts");
            Copy(moe, "top_k", result, "num_experts_per_tok");
            Copy(config.Json, "moe_intermediate_size", result, "moe_intermediate_size");
            Copy(config.Json, "moe_shared_expert_intermediate_size", result, "shared_expert_intermediate_size");
            result["norm_topk_prob"] = config.Experts.Size("normalization_mode", 0) == 1;
            result["hidden_act"] = "silu";
        }
    }
}
