using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Vendors;

/// <summary>Every flag of <c>trtllm-build</c> (0.16), and what a command line gives for each.</summary>
/// <param name="values">The values that were typed, by the flags' names.</param>
public sealed class TrtllmFlags(IReadOnlyDictionary<string, string> values)
{
    private static readonly ImmutableArray<string> Types = ["auto", "float16", "float32", "bfloat16", "int32", "disable"];

    private const int MostEagleBatch = 512, MostEagleDraft = 256;

    private static readonly ImmutableArray<string> AdapterModules =
    [
        "attn_dense", "attn_k", "attn_q", "attn_qkv", "attn_v", "cross_attn_dense", "cross_attn_k", "cross_attn_q", "cross_attn_qkv", "cross_attn_v",
        "mlp_4h_to_h", "mlp_gate", "mlp_h_to_4h", "mlp_router", "moe_4h_to_h", "moe_gate", "moe_h_to_4h", "moe_router",
    ];

    private static readonly TrtllmFlag[] AllArray =
    [
        Number("--max_batch_size", "2048"), Number("--max_input_len", "1024"), Number("--max_seq_len", null) with { Aliases = ["--max_decoder_seq_len"] },
        Number("--max_beam_width", "1"), Number("--max_num_tokens", "8192"), Number("--opt_num_tokens", null), Number("--max_encoder_input_len", "1024"),
        Number("--max_prompt_embedding_table_size", "0") with { Aliases = ["--max_multimodal_len"] },
        Choice("--kv_cache_type", null, "continuous", "paged", "disabled"), Choice("--paged_kv_cache", null, "enable", "disable"),
        Text("--input_timing_cache", null), Text("--output_timing_cache", "model.cache"), Choice("--profiling_verbosity", "layer_names_only", "layer_names_only", "detailed", "none"),
        Switch("--strip_plan"), Switch("--weight_sparsity"), Switch("--weight_streaming"), Switch("--fast_build"), Switch("--enable_debug_output"), Switch("--visualize_network"), Switch("--monitor_memory"),
        Choice("--logits_dtype", null, "float16", "float32"), Switch("--gather_context_logits"), Switch("--gather_generation_logits"), Switch("--gather_all_token_logits"),
        Text("--lora_dir", null), Choice("--lora_ckpt_source", "hf", "hf", "nemo"), Text("--lora_target_modules", null), Number("--max_lora_rank", "64"),
        Choice("--speculative_decoding_mode", null, "draft_tokens_external", "lookahead_decoding", "medusa", "explicit_draft_tokens", "eagle"), Number("--max_draft_len", "0"),
        Number("--auto_parallel", "1"), Number("--gpus_per_node", "8"), Text("--cluster_key", null), Choice("--log_level", "info", "debug", "error", "info", "internal_error", "verbose", "warning"),
        Plugin("bert_attention_plugin", "auto", Types), Plugin("gpt_attention_plugin", "auto", Types), Plugin("gemm_plugin", "disable", ["auto", "float16", "float32", "bfloat16", "int32", "fp8", "disable"]),
        Plugin("gemm_swiglu_plugin", "disable", ["fp8", "disable"]), Plugin("fp8_rowwise_gemm_plugin", "disable", Types), Plugin("nccl_plugin", "auto", Types), Plugin("lora_plugin", "disable", Types),
        Plugin("moe_plugin", "auto", Types), Plugin("mamba_conv1d_plugin", "auto", Types), Plugin("low_latency_gemm_plugin", "disable", ["fp8", "disable"]), Plugin("low_latency_gemm_swiglu_plugin", "disable", ["fp8", "disable"]),
        OnOff("context_fmha", "enable"), OnOff("bert_context_fmha_fp32_acc", "disable"), OnOff("remove_input_padding", "enable"), OnOff("reduce_fusion", "disable"), OnOff("user_buffer", "disable"),
        Number("--tokens_per_block", "64") with { Plugin = "tokens_per_block" }, OnOff("use_paged_context_fmha", "disable"), OnOff("use_fp8_context_fmha", "disable"), OnOff("multiple_profiles", "disable"),
        OnOff("paged_state", "enable"), OnOff("streamingllm", "disable"), OnOff("use_fused_mlp", "enable"), OnOff("pp_reduce_scatter", "disable"),
    ];

    /// <summary>Every flag.</summary>
    public static IReadOnlyList<TrtllmFlag> All => AllArray;

    /// <summary>What was typed, by the flags' names.</summary>
    public IReadOnlyDictionary<string, string> Typed => values;

    /// <summary>What was typed, as arguments of the tool, in the order of their names.</summary>
    public IEnumerable<string> Arguments => values.OrderBy(v => v.Key, System.StringComparer.Ordinal).SelectMany(v => IsSwitch(v.Key) ? [v.Key] : SeparatorOf(v.Key) is { } separator ? [v.Key, .. v.Value.Split(separator)] : new[] { v.Key, v.Value });

    /// <summary>What stands between the values of a flag that takes several.</summary>
    /// <param name="name">The flag.</param>
    /// <returns>A separator; null where the flag takes one value.</returns>
    internal static string? SeparatorOf(string name) => name switch { "--lora_target_modules" => " ", "--lora_dir" => "|", _ => null };

    /// <summary>Looks at every value.</summary>
    /// <returns>The same flags.</returns>
    /// <exception cref="CheckpointException">CKPT9001 listing what is valid, CKPT3231 for flags that contradict each other.</exception>
    public TrtllmFlags Validated()
    {
        foreach (TrtllmFlag flag in AllArray)
        {
            string? value = Text(flag.Name);
            bool isGood = value is null || (flag.Kind == TrtllmFlagKind.Number ? int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _) : flag.Choices.IsEmpty || flag.Choices.Contains(value));
            if (!isGood)
            {
                throw Errors.UnknownOptionValue(flag.Name.TrimStart('-'), value!, "trtllm-build", flag.Kind == TrtllmFlagKind.Number ? ["a number from 0"] : flag.Choices);
            }
        }

        Refuse(!int.IsPow2(Count("--tokens_per_block") ?? 1), "tokens_per_block", "a block of the cache has a power of two of tokens");
        Refuse(Is("--gather_context_logits") && Count("--max_draft_len") > 0, "gather_context_logits and max_draft_len", "logits of a context are not gathered with draft tokens");
        Refuse(values.ContainsKey("--paged_kv_cache") && Text("--kv_cache_type") is { } cache && Is("--paged_kv_cache") != (cache == "paged"), "kv_cache_type and paged_kv_cache", "both say how the cache lies in memory, and must agree");
        Refuse(Text("--speculative_decoding_mode") == "eagle" && (Count("--max_batch_size") > MostEagleBatch || Count("--max_draft_len") > MostEagleDraft), "speculative_decoding_mode eagle", $"it takes a max_batch_size to {MostEagleBatch} and a max_draft_len to {MostEagleDraft}");
        RefuseAdapters();
        Refuse(Is("--multiple_profiles") && values.ContainsKey("--opt_num_tokens"), "multiple_profiles and opt_num_tokens", "each profile has its own");
        return this;
    }

    /// <summary>The value of a flag as text.</summary>
    /// <param name="name">The flag.</param>
    /// <returns>What was typed, or the default; null where there is neither.</returns>
    public string? Text(string name) => values.TryGetValue(name, out string? typed) ? typed : AllArray.First(f => f.Name == name).Default;

    /// <summary>The value of a flag as a number.</summary>
    /// <param name="name">The flag.</param>
    /// <returns>The number, or null.</returns>
    public int? Count(string name) => Text(name) is { } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    /// <summary>Whether a flag is on.</summary>
    /// <param name="name">The flag.</param>
    /// <returns>True for a switch that was typed, and for <c>enable</c>.</returns>
    public bool Is(string name) => Text(name) is "true" or "enable";

    // What the tool would read first, and fail on after minutes.
    private void RefuseAdapters()
    {
        string[] modules = Text("--lora_target_modules")?.Split(' ') ?? [], folders = Text("--lora_dir")?.Split('|') ?? [];
        if (Array.Find(modules, m => !AdapterModules.Contains(m)) is { } unknown)
        {
            throw Errors.UnknownOptionValue("lora_target_modules", unknown, "trtllm-build", AdapterModules);
        }

        if (Array.Find(folders, f => !Directory.Exists(f) && !File.Exists(f)) is { } missing)
        {
            throw Errors.FileNotFound(missing);
        }

        Refuse(Text("--lora_plugin") is not (null or "disable") && modules.Length + folders.Length == 0, "lora_plugin", "lora_target_modules, or an adapter in lora_dir, say which modules take adapters");
    }

    private static bool IsSwitch(string name) => AllArray.First(f => f.Name == name).Kind == TrtllmFlagKind.Switch;

    private static void Refuse(bool contradicts, string flags, string reason)
    {
        if (contradicts)
        {
            throw Errors.EngineFlagsContradict(flags, reason);
        }
    }

    private static TrtllmFlag Number(string name, string? otherwise) => new(name, TrtllmFlagKind.Number, otherwise);

    private static TrtllmFlag Text(string name, string? otherwise) => new(name, TrtllmFlagKind.Text, otherwise);

    private static TrtllmFlag Switch(string name) => new(name, TrtllmFlagKind.Switch, null);

    private static TrtllmFlag Choice(string name, string? otherwise, params ImmutableArray<string> choices) => new(name, TrtllmFlagKind.Text, otherwise) { Choices = choices };

    private static TrtllmFlag Plugin(string name, string otherwise, ImmutableArray<string> choices) => new("--" + name, TrtllmFlagKind.Text, otherwise) { Choices = choices, Plugin = name };

    private static TrtllmFlag OnOff(string name, string otherwise) => new("--" + name, TrtllmFlagKind.OnOff, otherwise) { Choices = ["enable", "disable"], Plugin = name };
}
