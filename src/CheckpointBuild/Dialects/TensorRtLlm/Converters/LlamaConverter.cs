using System.Collections.Immutable;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.TensorRtLlm.Smoothing;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm.Converters;

/// <summary>Llama and those that the runtime computes with its code: Mistral, Mixtral; Granite in later releases.</summary>
internal sealed class LlamaConverter : Converter
{
    private const string Granite = "GraniteForCausalLM";

    private static readonly string[] Multipliers = ["embedding_multiplier", "attention_multiplier", "residual_multiplier", "output_multiplier_scale"];

    /// <inheritdoc/>
    public override string Name => "LLaMA";

    /// <inheritdoc/>
    public override ImmutableArray<string> Architectures => ["LlamaForCausalLM", "MistralForCausalLM", "MixtralForCausalLM", Granite];

    /// <inheritdoc/>
    public override ImmutableArray<RankRule> Rules { get; } = [.. RankRules.Ends, .. RankRules.Norms, .. RankRules.Attention, .. RankRules.Gated, .. RankRules.Experts];

    /// <inheritdoc/>
    public override string FeedForwardBiasField => "mlp_bias";

    /// <inheritdoc/>
    public override bool RecordsCalibration => true;

    /// <inheritdoc/>
    public override bool PadsWeightOnly => true;

    /// <inheritdoc/>
    public override bool HasFloat8Rows => true;

    /// <inheritdoc/>
    public override SmoothStyle Smoothing { get; } = new(true, true);

    /// <inheritdoc/>
    public override string? Refusal(ConverterFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        return fields.Checkpoint.Family.Architecture == Granite && !fields.Options.Version.HasMultipliers
            ? $"the runtime of {fields.Options.Version.Name} has no place for its multipliers; choose TensorRtLlmVersion {TensorRtLlmVersion.All[^1].Name}"
            : null;
    }

    /// <inheritdoc/>
    public override JsonObject Config(ConverterFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        ModelConfig config = fields.Config;
        bool sparse = config.Experts is not null;
        var json = new JsonObject
        {
            ["mlp_bias"] = !fields.Options.FollowsReference && config.Biases.HasFlag(BiasSites.FeedForward),
            ["attn_bias"] = config.Biases.HasFlag(BiasSites.QueryKeyValue),
            ["rotary_base"] = fields.RotaryBase(),
            ["rotary_scaling"] = fields.RotaryScaling(),
            ["residual_mlp"] = false,
            ["disable_weight_only_quant_plugin"] = fields.Options.DisablesWeightOnlyPlugin,
            ["moe"] = fields.Moe(sparse || fields.IsFromMeta ? 1 : null),
            ["remove_duplicated_kv_heads"] = fields.Options.RemovesDuplicatedHeads,
            ["fc_after_embed"] = false,
            ["use_input_layernorm_in_first_layer"] = true,
            ["use_last_layernorm"] = true,
            ["layer_idx_offset"] = 0,
        };
        if (fields.Options.Version.HasMultipliers)
        {
            json["embedding_multiplier"] = config.EmbeddingScale;
            json["attention_multiplier"] = config.AttentionScale is { } scale ? scale * System.Math.Sqrt(config.HeadDimension) : 1.0;
            json["residual_multiplier"] = config.ResidualScale;
            json["output_multiplier_scale"] = config.LogitDivisor == 1 ? 1.0 : 1 / config.LogitDivisor;
        }

        fields.AddBase(json, fields.Architecture, sparse ? "swiglu" : fields.HiddenAct(), PositionOf(config));
        if (!fields.IsFromMeta)
        {
            json["tie_word_embeddings"] = config.TiedEmbeddings;
        }

        return json;
    }

    /// <inheritdoc/>
    protected override void AddOwn(RankConfig config, JsonObject result)
    {
        // Mistral's window is not recorded, nor is it in the runtime's model.
        result["sliding_window"] = null;
        if (config.Experts.Size("num_experts", 0) > 0)
        {
            JsonObject moe = config.Json["moe"]!.AsObject();
            Copy(moe, "num_experts", result, "num_local_experts");
            Copy(moe, "top_k", result, "num_experts_per_tok");
            result["hidden_act"] = "silu";
        }

        AddMultipliers(config, result);
    }

    // The runtime's attention is multiplied beside the root of a head's size, Hugging Face's instead of it; logits are multiplied here and divided there.
    private static void AddMultipliers(RankConfig config, JsonObject result)
    {
        double?[] stated = [.. Multipliers.Select(config.Fields.OptionalPositive)];
        if (config.Architecture != Granite)
        {
            if (System.Array.FindIndex(stated, s => s is { } number && number != 1) is >= 0 and var own)
            {
                throw Errors.ConfigFieldWrong(config.Path, Multipliers[own], $"{stated[own]}", $"1 in a {config.Architecture}");
            }

            return;
        }

        int head = config.Fields.OptionalCount("head_size") ?? config.Fields.Quotient("hidden_size", "num_attention_heads");
        result["embedding_multiplier"] = Stated(0);
        result["attention_multiplier"] = Stated(1) / System.Math.Sqrt(head);
        result["residual_multiplier"] = Stated(2);
        result["logits_scaling"] = 1 / Stated(3);

        double Stated(int index) => stated[index] ?? throw Errors.ConfigFieldMissing(config.Path, Multipliers[index]);
    }
}
