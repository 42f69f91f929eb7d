using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm.Converters;

/// <summary>Classes whose script makes configuration and tensors by itself: without stages, and with sizes that the runtime's model takes for granted.</summary>
internal abstract class ScriptConverter : Converter
{
    /// <summary>How many times as wide as the model the runtime's feed-forward block always is.</summary>
    private const int Widening = 4;

    /// <inheritdoc/>
    public override bool StoresRotaryTables => false;

    /// <summary>Whether the configuration states what divisions in norms are kept from zero by; otherwise the runtime takes 1e-5.</summary>
    protected virtual bool StatesEpsilon => false;

    /// <inheritdoc/>
    public override string? Refusal(ConverterFields fields)
    {
        System.ArgumentNullException.ThrowIfNull(fields);
        ModelConfig config = fields.Config;
        return fields.Options.Grid.PipelineParallel > 1 ? "its script has no pipeline stages; choose PipelineParallel 1"
            : config.FeedForwardSize != Widening * config.HiddenSize ? $"its feed-forward block has {config.FeedForwardSize} rows, and the runtime takes {Widening * config.HiddenSize}"
            : !StatesEpsilon && config.NormEpsilon != Epsilon ? "its norms have another epsilon than 1e-5, which the runtime takes"
            : null;
    }

    /// <summary>The fields that such scripts begin with.</summary>
    /// <param name="fields">What all converters write.</param>
    /// <returns>The root object.</returns>
    protected static JsonObject Start(ConverterFields fields) => new() { ["architecture"] = fields.Architecture, ["dtype"] = fields.DType.LongName };

    /// <summary>The fields that such scripts end with.</summary>
    /// <param name="json">Receives them.</param>
    /// <param name="fields">What all converters write.</param>
    /// <param name="namesCache">Whether the cache's quantization is named.</param>
    /// <returns>The same object.</returns>
    protected static JsonObject End(JsonObject json, ConverterFields fields, bool namesCache = false)
    {
        JsonObject quantization = QuantizationText.Of(fields.Options);
        string[] kept = namesCache || fields.Options.Quantization.KvCache is not null ? ["quant_algo", "kv_cache_quant_algo"] : ["quant_algo"];
        json["quantization"] = QuantizationText.IsModelOpt(fields.Options) ? quantization : new JsonObject(kept.Select(name => System.Collections.Generic.KeyValuePair.Create(name, quantization[name]?.DeepClone())));
        RankGrid grid = fields.Options.Grid;
        json["mapping"] = new JsonObject { ["world_size"] = grid.WorldSize, ["tp_size"] = grid.TensorParallel, ["pp_size"] = grid.PipelineParallel };
        json["use_parallel_embedding"] = fields.Options.EmbeddingShardingDimension is not null;
        json["embedding_sharding_dim"] = fields.Options.EmbeddingShardingDimension ?? 0;
        return json;
    }

    /// <inheritdoc/>
    protected override void AddOwn(RankConfig config, JsonObject result)
    {
        if (config.Fields.OptionalCount("hidden_size") is { } width)
        {
            result["intermediate_size"] = checked(Widening * width);
            result["ffn_dim"] = checked(Widening * width);
        }
    }

    private const double Epsilon = 1e-5;
}
