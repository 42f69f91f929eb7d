using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.TensorRtLlm;

namespace CheckpointBuild.Vendors;

/// <summary>The configuration of an engine as <c>trtllm-build</c> 0.16 writes it: what was asked, what follows from the checkpoint, and limits held against each other.</summary>
/// <param name="checkpoint">The checkpoint's configuration.</param>
/// <param name="flags">What was asked.</param>
public sealed class TrtllmBuildConfig(JsonObject checkpoint, TrtllmFlags flags)
{
    private const string Version = "0.16.0";
    private const int UnknownContext = 2048;

    private static readonly string[] UnscaledTypes = ["su", "longrope", "llama3"];
    private static readonly string[] Modes = ["draft_tokens_external", "medusa", "lookahead_decoding", "explicit_draft_tokens", "eagle"];

    /// <summary>The engine's <c>config.json</c>.</summary>
    /// <returns>The root object.</returns>
    public JsonObject ToJson()
    {
        JsonObject pretrained = checkpoint.DeepClone().AsObject();
        if (pretrained["mapping"] is JsonObject mapping)
        {
            mapping["gpus_per_node"] = flags.Count("--gpus_per_node");
        }

        if (pretrained["architecture"]?.GetValue<string>() == "GemmaForCausalLM" && pretrained.ContainsKey("rotary_scaling"))
        {
            // The runtime's Gemma states its rotary scaling last when it is read back.
            JsonNode? scaling = pretrained["rotary_scaling"]?.DeepClone();
            pretrained.Remove("rotary_scaling");
            pretrained["rotary_scaling"] = scaling;
        }

        if (flags.Text("--logits_dtype") is { } logits)
        {
            pretrained["logits_dtype"] = logits;
        }

        return new JsonObject { ["version"] = Version, ["pretrained_config"] = pretrained, ["build_config"] = BuildConfig() };
    }

    /// <summary>The file's text, as Python writes it.</summary>
    /// <param name="json">The root object.</param>
    /// <returns>JSON without a line end at its end.</returns>
    public static string Text(JsonObject json) => MadeUpConfig.Text(json);

    /// <summary>Lengths and counts that were asked and are more than the model or another of them allows.</summary>
    /// <returns>One message for each.</returns>
    internal IEnumerable<Diagnostic> Excesses()
    {
        int context = Context(), sequence = flags.Count("--max_seq_len") ?? context;
        if (sequence > context)
        {
            yield return Errors.EngineSettingExceeds("max_seq_len", sequence, context, "the model was made for no longer texts, and answers worse behind that");
        }

        if (flags.Typed.ContainsKey("--max_input_len") && flags.Count("--max_input_len") is { } input && input > sequence)
        {
            yield return Errors.EngineSettingExceeds("max_input_len", input, sequence, "it is cut to max_seq_len");
        }

        (int tokens, int? best) = Tokens(flags.Count("--max_batch_size")!.Value, flags.Count("--max_beam_width")!.Value, sequence, Math.Min(flags.Count("--max_input_len")!.Value, sequence), flags.Count("--max_draft_len")!.Value);
        if (flags.Count("--opt_num_tokens") is { } wanted && best < wanted)
        {
            yield return Errors.EngineSettingExceeds("opt_num_tokens", wanted, tokens, "it is cut to max_num_tokens");
        }

        if (flags.Typed.ContainsKey("--max_num_tokens") && flags.Count("--max_num_tokens") is { } few && few < tokens)
        {
            yield return Errors.EngineSettingReplaced("max_num_tokens", few.ToString(CultureInfo.InvariantCulture), tokens.ToString(CultureInfo.InvariantCulture), "a context or a round of drafts needs as many at once");
        }

        if (TrtllmPlugins.IsOfOneRank(checkpoint))
        {
            foreach (string name in TrtllmPlugins.OfSeveralRanks.Where(n => flags.Is("--" + n)))
            {
                yield return Errors.EngineSettingReplaced(name, "enable", "disable", "there is nothing to join on one rank");
            }
        }
    }

    private bool IsSpeculative => flags.Text("--speculative_decoding_mode") is not null;

    private JsonObject BuildConfig()
    {
        int batch = flags.Count("--max_batch_size")!.Value, beams = flags.Count("--max_beam_width")!.Value, draft = flags.Count("--max_draft_len")!.Value;
        int asked = flags.Count("--max_seq_len") ?? Context();
        int sequence = asked + (IsSpeculative ? draft : 0);
        int input = Math.Min(flags.Count("--max_input_len")!.Value, asked);
        (int tokens, int? best) = Tokens(batch, beams, sequence, input, draft);
        string cache = (flags.Text("--kv_cache_type") ?? (flags.Text("--paged_kv_cache") == "disable" ? "continuous" : "paged")).ToUpperInvariant();
        bool all = flags.Is("--gather_all_token_logits");
        return new JsonObject
        {
            ["max_input_len"] = input,
            ["max_seq_len"] = sequence,
            ["opt_batch_size"] = 8,
            ["max_batch_size"] = batch,
            ["max_beam_width"] = beams,
            ["max_num_tokens"] = tokens,
            ["opt_num_tokens"] = best,
            ["max_prompt_embedding_table_size"] = flags.Count("--max_prompt_embedding_table_size"),
            ["kv_cache_type"] = cache,
            ["gather_context_logits"] = all || flags.Is("--gather_context_logits"),
            ["gather_generation_logits"] = all || flags.Is("--gather_generation_logits"),
            ["strongly_typed"] = true,
            ["force_num_profiles"] = null,
            ["profiling_verbosity"] = flags.Text("--profiling_verbosity"),
            ["enable_debug_output"] = flags.Is("--enable_debug_output"),
            ["max_draft_len"] = draft,
            ["speculative_decoding_mode"] = IsSpeculative ? 2 << Array.IndexOf(Modes, flags.Text("--speculative_decoding_mode")) : 1,
            ["use_refit"] = false,
            ["input_timing_cache"] = flags.Text("--input_timing_cache"),
            ["output_timing_cache"] = flags.Text("--output_timing_cache"),
            ["lora_config"] = Lora(),
            ["auto_parallel_config"] = AutoParallel(),
            ["weight_sparsity"] = flags.Is("--weight_sparsity"),
            ["weight_streaming"] = flags.Is("--weight_streaming"),
            ["plugin_config"] = new TrtllmPlugins(checkpoint, flags).ToJson(cache == "PAGED"),
            ["use_strip_plan"] = flags.Is("--strip_plan"),
            ["max_encoder_input_len"] = flags.Count("--max_encoder_input_len"),
            ["use_fused_mlp"] = true,
            ["monitor_memory"] = flags.Is("--monitor_memory"),
            ["use_mrope"] = false,
        };
    }

    // The longest sequence of the model, times the factor of a rotary scaling that only stretches.
    private int Context()
    {
        int context = checkpoint["max_position_embeddings"] is JsonValue value && value.TryGetValue(out int stated) ? stated : UnknownContext;
        if (checkpoint["rotary_scaling"] is not JsonObject scaling || UnscaledTypes.Contains((scaling["type"] ?? scaling["rope_type"])?.GetValue<string>()))
        {
            return context;
        }

        return (int)Math.Min(int.MaxValue, Math.Ceiling(context * (scaling["factor"]?.GetValue<double>() ?? 1)));
    }

    private (int Most, int? Best) Tokens(int batch, int beams, int sequence, int input, int draft)
    {
        long whole = (long)batch * sequence;
        if (!flags.Is("--remove_input_padding"))
        {
            return ((int)Math.Min(whole, int.MaxValue), null);
        }

        long tokens = Math.Min(flags.Count("--max_num_tokens")!.Value, whole);
        long? best = flags.Is("--multiple_profiles") ? null : Math.Min(flags.Count("--opt_num_tokens") ?? (long)batch * beams, tokens);
        tokens = Math.Max(tokens, flags.Is("--context_fmha") ? flags.Count("--tokens_per_block")!.Value : input);
        tokens = IsSpeculative ? Math.Max(tokens, (long)batch * (draft + 1)) : tokens;
        return ((int)Math.Min(tokens, int.MaxValue), (int?)best);
    }

    private JsonObject Lora() => new()
    {
        ["lora_dir"] = flags.Text("--lora_dir") is { } folder ? new JsonArray([.. folder.Split('|').Select(f => JsonValue.Create(f))]) : new JsonArray(),
        ["lora_ckpt_source"] = flags.Text("--lora_ckpt_source"),
        ["max_lora_rank"] = flags.Count("--max_lora_rank"),
        ["lora_target_modules"] = flags.Text("--lora_target_modules") is { } modules ? new JsonArray([.. modules.Split(' ').Select(m => JsonValue.Create(m))]) : new JsonArray(),
        ["trtllm_modules_to_hf_modules"] = new JsonObject(),
    };

    private JsonObject AutoParallel() => new()
    {
        ["world_size"] = flags.Count("--auto_parallel"),
        ["gpus_per_node"] = flags.Count("--gpus_per_node"),
        ["cluster_key"] = flags.Text("--cluster_key"),
        ["cluster_info"] = null,
        ["sharding_cost_model"] = "alpha_beta",
        ["comm_cost_model"] = "alpha_beta",
        ["enable_pipeline_parallelism"] = false,
        ["enable_shard_unbalanced_shape"] = false,
        ["enable_shard_dynamic_shape"] = false,
        ["enable_reduce_scatter"] = true,
        ["builder_flags"] = null,
        ["debug_mode"] = false,
        ["infer_shape"] = true,
        ["validation_mode"] = false,
        ["same_buffer_io"] = new JsonObject { ["past_key_value_(\\d+)"] = "present_key_value_\\1" },
        ["same_spec_io"] = new JsonObject(),
        ["sharded_io_allowlist"] = new JsonArray("past_key_value_\\d+", "present_key_value_\\d*"),
        ["fill_weights"] = false,
        ["parallel_config_cache"] = null,
        ["profile_cache"] = null,
        ["dump_path"] = null,
        ["debug_outputs"] = new JsonArray(),
    };
}
