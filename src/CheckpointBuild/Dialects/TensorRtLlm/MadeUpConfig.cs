using System;
using System.Text.Json.Nodes;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>The numbers of a Llama without weights, for which the reference writes a configuration alone.</summary>
public sealed record MadeUpConfig
{
    /// <summary>How many layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key/value heads; null = as many as query heads.</summary>
    public int? KeyValueHeads { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int Hidden { get; init; }

    /// <summary>Width of the feed-forward block.</summary>
    public required int FeedForward { get; init; }

    /// <summary>Recorded: what Meta's configurations round that width to.</summary>
    public int? MultipleOf { get; init; }

    /// <summary>Recorded: what Meta's configurations multiply that width by.</summary>
    public double? FeedForwardMultiplier { get; init; }

    /// <summary>Rows of the embedding.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>The longest sequence.</summary>
    public required int Positions { get; init; }

    /// <summary>How many experts; 0 = none.</summary>
    public required int Experts { get; init; }

    /// <summary>How many of them a token sees.</summary>
    public required int ExpertsUsed { get; init; }

    /// <summary>How scores of experts become weights.</summary>
    public required int Normalization { get; init; }

    /// <summary>The nonlinearity.</summary>
    public required string Activation { get; init; }

    /// <summary>The base of the rotary embedding.</summary>
    public required double RotaryBase { get; init; }

    /// <summary>What norms add.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>The configuration, in the script's order.</summary>
    /// <param name="dtype">The dtype; null = float16.</param>
    /// <param name="options">Ranks and quantization.</param>
    /// <returns>The root object.</returns>
    public JsonObject ToJson(DType? dtype, TensorRtLlmOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        RankGrid grid = options.Grid;
        return new JsonObject
        {
            ["architecture"] = "LlamaForCausalLM",
            ["dtype"] = (dtype ?? DType.F16).LongName,
            ["logits_dtype"] = "float32",
            ["num_hidden_layers"] = Layers,
            ["num_attention_heads"] = Heads,
            ["hidden_size"] = Hidden,
            ["intermediate_size"] = FeedForward,
            ["ffn_dim_multiplier"] = FeedForwardMultiplier,
            ["multiple_of"] = MultipleOf,
            ["num_key_value_heads"] = KeyValueHeads ?? Heads,
            ["vocab_size"] = Vocabulary,
            ["position_embedding_type"] = "rope_gpt_neox",
            ["max_position_embeddings"] = Positions,
            ["hidden_act"] = Activation,
            ["rotary_base"] = RotaryBase,
            ["norm_epsilon"] = NormEpsilon,
            ["moe"] = new JsonObject { ["num_experts"] = Experts, ["top_k"] = ExpertsUsed, ["normalization_mode"] = Normalization },
            ["mapping"] = new JsonObject
            {
                ["world_size"] = grid.TensorParallel * grid.PipelineParallel,
                ["tp_size"] = grid.TensorParallel,
                ["pp_size"] = grid.PipelineParallel,
                ["moe_tp_size"] = grid.MoeTensorParallel,
                ["moe_ep_size"] = grid.MoeExpertParallel,
                ["cp_size"] = grid.ContextParallel,
            },
            ["quantization"] = QuantizationText.Of(options),
            ["use_parallel_embedding"] = options.EmbeddingShardingDimension is not null,
            ["embedding_sharding_dim"] = options.EmbeddingShardingDimension ?? 0,
            ["disable_weight_only_quant_plugin"] = options.DisablesWeightOnlyPlugin,
            ["remove_duplicated_kv_heads"] = options.RemovesDuplicatedHeads,
            ["quant_ckpt_path"] = null,
            ["load_model_on_cpu"] = options.LoadsModelOnCpu,
        };
    }

    /// <summary>The file's text, as Python writes it.</summary>
    /// <param name="json">The root object.</param>
    /// <returns>JSON without a line end at its end.</returns>
    public static string Text(JsonObject json) => PythonText.Write(json);
}
