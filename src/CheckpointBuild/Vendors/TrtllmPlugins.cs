using System;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Vendors;

/// <summary>The plug-ins of an engine: what was asked, and what the checkpoint's dtype, ranks and quantization switch on or off.</summary>
/// <param name="checkpoint">The checkpoint's configuration.</param>
/// <param name="flags">What was asked.</param>
internal sealed class TrtllmPlugins(JsonObject checkpoint, TrtllmFlags flags)
{
    // In the order of the file; those that no flag sets stand with their defaults.
    private static readonly string[] Order =
    [
        "bert_attention_plugin", "gpt_attention_plugin", "gemm_plugin", "gemm_swiglu_plugin", "fp8_rowwise_gemm_plugin", "qserve_gemm_plugin", "identity_plugin", "nccl_plugin", "lora_plugin",
        "weight_only_groupwise_quant_matmul_plugin", "weight_only_quant_matmul_plugin", "smooth_quant_plugins", "smooth_quant_gemm_plugin", "layernorm_quantization_plugin", "rmsnorm_quantization_plugin",
        "quantize_per_token_plugin", "quantize_tensor_plugin", "moe_plugin", "mamba_conv1d_plugin", "low_latency_gemm_plugin", "low_latency_gemm_swiglu_plugin", "context_fmha", "bert_context_fmha_fp32_acc",
        "paged_kv_cache", "remove_input_padding", "reduce_fusion", "user_buffer", "tokens_per_block", "use_paged_context_fmha", "use_fp8_context_fmha", "multiple_profiles", "paged_state", "streamingllm",
        "manage_weights", "use_fused_mlp", "pp_reduce_scatter",
    ];

    private readonly string? _algorithm = Text(checkpoint["quantization"], "quant_algo");
    private readonly string? _cache = Text(checkpoint["quantization"], "kv_cache_quant_algo");

    /// <summary>The plug-ins' configuration.</summary>
    /// <param name="isPaged">Whether the cache is paged.</param>
    /// <returns>The object.</returns>
    /// <exception cref="CheckpointException">CKPT3231 for what the model or its quantization does not allow.</exception>
    public JsonObject ToJson(bool isPaged)
    {
        RefuseForModel();
        string dtype = Text(checkpoint, "dtype") ?? "float16";
        var json = new JsonObject { ["dtype"] = dtype };
        foreach (string name in Order)
        {
            json[name] = Asked(name);
        }

        json["smooth_quant_plugins"] = true;
        json["quantize_per_token_plugin"] = false;
        json["quantize_tensor_plugin"] = false;
        json["paged_kv_cache"] = isPaged;
        json["paged_state"] = false;
        json["manage_weights"] = flags.Is("--fast_build");
        FollowRanks(json, dtype);
        FollowQuantization(json, dtype);
        return json;
    }

    private JsonNode? Asked(string name)
    {
        TrtllmFlag? flag = System.Linq.Enumerable.FirstOrDefault(TrtllmFlags.All, f => f.Plugin == name);
        return flag?.Kind switch
        {
            null => null,
            TrtllmFlagKind.OnOff => flags.Is(flag.Name),
            TrtllmFlagKind.Number => flags.Count(flag.Name),
            _ => flags.Text(flag.Name) is "disable" ? null : flags.Text(flag.Name),
        };
    }

    private void FollowRanks(JsonObject json, string dtype)
    {
        json["nccl_plugin"] = Number("world_size") > 1 ? dtype : null;
        if (IsOfOneRank(checkpoint))
        {
            foreach (string name in OfSeveralRanks)
            {
                json[name] = false;
            }
        }
    }

    private void FollowQuantization(JsonObject json, string dtype)
    {
        bool smooth = _algorithm?.StartsWith("W8A8_SQ", StringComparison.Ordinal) == true, rows = _algorithm == "FP8_PER_CHANNEL_PER_TOKEN";
        if (_algorithm is "W8A16" or "W4A16")
        {
            json["weight_only_quant_matmul_plugin"] = dtype;
        }
        else if (_algorithm is "W4A16_GPTQ" or "W8A16_GPTQ" or "W4A16_AWQ" or "W4A8_AWQ")
        {
            json["weight_only_groupwise_quant_matmul_plugin"] = dtype;
        }
        else if (smooth || rows)
        {
            json["smooth_quant_gemm_plugin"] = smooth ? dtype : null;
            json["layernorm_quantization_plugin"] = smooth ? dtype : null;
            json["fp8_rowwise_gemm_plugin"] = rows ? dtype : json["fp8_rowwise_gemm_plugin"]?.DeepClone();
            json["rmsnorm_quantization_plugin"] = dtype;
            json["quantize_per_token_plugin"] = true;
            json["quantize_tensor_plugin"] = true;
        }

        if (flags.Is("--use_paged_context_fmha") && _cache == "FP8")
        {
            json["use_fp8_context_fmha"] = true;
        }
    }

    private void RefuseForModel()
    {
        string? architecture = Text(checkpoint, "architecture");
        Refuse(flags.Is("--streamingllm") && architecture != "LlamaForCausalLM", "streamingllm", "it is for LlamaForCausalLM alone");
        Refuse(flags.Is("--pp_reduce_scatter") && architecture != "MixtralForCausalLM", "pp_reduce_scatter", "it is for MixtralForCausalLM alone");
        Refuse(flags.Is("--use_paged_context_fmha") && _cache == "INT8", "use_paged_context_fmha", "it does not go with an int8 cache");
        Refuse(flags.Is("--use_paged_context_fmha") && _cache == "FP8" && _algorithm != "FP8", "use_paged_context_fmha", "an FP8 cache needs FP8 weights with it");
        Refuse(flags.Is("--fast_build") && _algorithm is "W8A16" or "W4A16" && checkpoint["disable_weight_only_quant_plugin"]?.GetValue<bool>() == true, "fast_build", "weight-only layers without their plug-in cannot manage weights");
        Refuse(flags.Count("--auto_parallel") > 1 && Number("world_size") > 1, "auto_parallel", "it needs a checkpoint of one rank");
    }

    private static void Refuse(bool isRefused, string flag, string reason)
    {
        if (isRefused)
        {
            throw Errors.EngineFlagsContradict(flag, reason);
        }
    }

    /// <summary>Plug-ins of what ranks tell each other.</summary>
    internal static System.Collections.Immutable.ImmutableArray<string> OfSeveralRanks => ["reduce_fusion", "user_buffer"];

    /// <summary>Whether matrices are on one rank.</summary>
    /// <param name="checkpoint">The checkpoint's configuration.</param>
    internal static bool IsOfOneRank(JsonObject checkpoint) => checkpoint["mapping"]?["tp_size"] is not JsonValue value || !value.TryGetValue(out int ranks) || ranks <= 1;

    private int Number(string name) => checkpoint["mapping"]?[name] is JsonValue value && value.TryGetValue(out int number) ? number : 1;

    private static string? Text(JsonNode? parent, string name) => parent?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
