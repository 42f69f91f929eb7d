using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>The fields of a checkpoint's <c>config.json</c> that all converters write, in the reference's order and number forms.</summary>
/// <param name="Checkpoint">What is written.</param>
/// <param name="Options">What is asked for.</param>
/// <param name="DType">The dtype of floats.</param>
internal sealed record ConverterFields(Checkpoint Checkpoint, TensorRtLlmOptions Options, DType DType)
{
    private const string Meta = "meta";

    // params.json states no length; the reference's script takes this one.
    private const int MetaPositions = 2048;

    /// <summary>The model's numbers.</summary>
    public ModelConfig Config { get; } = Checkpoint.Dialect == Meta ? Checkpoint.Config with { ContextLength = MetaPositions } : Checkpoint.Config;

    /// <summary>Whether the source is Meta's, which the reference describes a little otherwise.</summary>
    public bool IsFromMeta => Checkpoint.Dialect == Meta;

    /// <summary>The architecture as the source names it, which may be another name of the same.</summary>
    public string Architecture => (Source("architectures") as JsonArray)?[0]?.GetValue<string>() ?? Checkpoint.Family.Architecture;

    /// <summary>A number under the first of several names in the source's configuration, with the kind that it has there; else a float.</summary>
    /// <param name="otherwise">What holds where the source states none.</param>
    /// <param name="names">Names in order of preference.</param>
    /// <returns>The number.</returns>
    public JsonNode Number(double otherwise, params string[] names)
    {
        foreach (string name in names)
        {
            if (Source(name) is JsonValue value && value.GetValueKind() == JsonValueKind.Number)
            {
                return value.DeepClone();
            }
        }

        return JsonValue.Create(otherwise);
    }

    /// <summary>A field of the source's configuration; of a model with several towers the text model's.</summary>
    /// <param name="name">The field.</param>
    /// <returns>Its value, or null where it is absent, null, or the source has no such file.</returns>
    public JsonNode? Source(string name) => (Checkpoint.SourceConfig?["text_config"] as JsonObject)?[name] ?? Checkpoint.SourceConfig?[name];

    /// <summary>The rotary scaling as the source states it, its fields in their order; null where there is none.</summary>
    /// <returns>A copy.</returns>
    public JsonNode? RotaryScaling()
    {
        if (Source("rope_scaling") is JsonObject old)
        {
            JsonObject copy = old.DeepClone().AsObject();
            if (copy["type"] is { } type)
            {
                // transformers keeps the older name and adds today's behind it.
                copy["rope_type"] = type.DeepClone();
            }

            return copy;
        }

        if (Source("rope_parameters") is not JsonObject parameters)
        {
            return Checkpoint.SourceConfig is null ? RopeScalingText.Of(Config.Rope) : null;
        }

        JsonObject scaling = parameters.DeepClone().AsObject();
        scaling.Remove("rope_theta");
        scaling.Remove("partial_rotary_factor");
        return scaling["rope_type"] is JsonValue kind && kind.GetValueKind() == JsonValueKind.String && kind.GetValue<string>() != "default" ? scaling : null;
    }

    /// <summary>The base of the rotary embedding, with the kind of number that the source has.</summary>
    /// <returns>The number.</returns>
    public JsonNode RotaryBase() => Source("rope_parameters") is JsonObject parameters && parameters["rope_theta"] is { } theta && Source("rope_theta") is null
        ? theta.DeepClone()
        : Number(Config.Rope?.Theta ?? 10000, "rope_theta", "rotary_emb_base");

    /// <summary>The nonlinearity as the source names it.</summary>
    /// <returns>A name of transformers.</returns>
    public string HiddenAct() => Source(Checkpoint.Family.Fields.Activation ?? "hidden_act")?.GetValue<string>() ?? Source("hidden_act")?.GetValue<string>() ?? Config.Activation switch
    {
        Activation.Silu => "silu",
        Activation.Gelu => "gelu",
        Activation.GeluTanh => "gelu_pytorch_tanh",
        Activation.ReluSquared => "squared-relu",
        _ => "relu",
    };

    /// <summary>Adds the fields that every model has, in their order.</summary>
    /// <param name="json">Receives them.</param>
    /// <param name="architecture">The architecture.</param>
    /// <param name="hiddenAct">The nonlinearity.</param>
    /// <param name="position">How positions are known: <c>rope_gpt_neox</c>.</param>
    /// <returns>The same object.</returns>
    public JsonObject AddBase(JsonObject json, string architecture, string hiddenAct, string position)
    {
        json["architecture"] = architecture;
        json["dtype"] = DType.LongName;
        json["vocab_size"] = Config.VocabularySize;
        json["hidden_size"] = Config.HiddenSize;
        json["num_hidden_layers"] = Config.LayerCount;
        json["num_attention_heads"] = Config.HeadCount;
        json["hidden_act"] = hiddenAct;
        json["logits_dtype"] = "float32";
        json["norm_epsilon"] = Number(Config.NormEpsilon, (Checkpoint.Family.Fields.NormEpsilon ?? "rms_norm_eps").Split('|'));
        json["runtime_defaults"] = null;
        json["position_embedding_type"] = position;
        json["num_key_value_heads"] = Config.KeyValueHeadCount;
        json["intermediate_size"] = Config.FeedForwardSize;
        json["max_position_embeddings"] = Config.ContextLength;
        json["mapping"] = Mapping();
        json["quantization"] = QuantizationText.Of(Options);
        json["use_parallel_embedding"] = Options.EmbeddingShardingDimension is not null;
        json["embedding_sharding_dim"] = Options.EmbeddingShardingDimension ?? 0;
        json["head_size"] = Config.HeadDimension;
        json["qk_layernorm"] = Config.HeadNorm != HeadNorm.None;
        json["rotary_embedding_dim"] = Config.Rope?.Dimensions ?? Config.HeadDimension;
        return json;
    }

    /// <summary>Experts as the reference describes them.</summary>
    /// <param name="normalization">How scores become weights: 0 not, 1 divided by their sum; null = not said.</param>
    /// <returns>The object.</returns>
    public JsonObject Moe(int? normalization) => new()
    {
        ["num_experts"] = Config.Experts?.Count ?? 0,
        ["shared_expert_intermediate_size"] = 0,
        ["top_k"] = Config.Experts?.Used ?? 0,
        ["normalization_mode"] = normalization,
        ["sparse_mixer_epsilon"] = 0.01,
        ["tp_mode"] = 0,
        ["device_limited_n_group"] = 0,
        ["device_limited_topk_group"] = 0,
        ["device_limited_routed_scaling_factor"] = 1.0,
    };

    private JsonObject Mapping()
    {
        RankGrid grid = Options.Grid;
        var json = new JsonObject
        {
            ["world_size"] = grid.WorldSize,
            ["gpus_per_node"] = 8,
            ["cp_size"] = grid.ContextParallel,
            ["tp_size"] = grid.TensorParallel,
            ["pp_size"] = grid.PipelineParallel,
            ["moe_tp_size"] = grid.MoeTensorParallel,
        };
        if (Options.Version.HasAttentionMapping)
        {
            json["moe_cluster_size"] = 1;
        }

        json["moe_ep_size"] = grid.MoeExpertParallel;
        if (Options.Version.HasAttentionMapping)
        {
            json["attn_tp_size"] = grid.TensorParallel * grid.ContextParallel;
            json["attn_cp_size"] = 1;
            json["auto_parallel"] = false;
        }

        return json;
    }
}
