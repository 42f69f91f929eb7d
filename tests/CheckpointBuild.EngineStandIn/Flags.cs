using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace CheckpointBuild.EngineStandIn;

/// <summary>The tool's command line, as its parser takes it: known flags, each with its value, none twice.</summary>
internal static class Flags
{
    private static readonly string[] Switches =
        ["--strip_plan", "--weight_sparsity", "--weight_streaming", "--fast_build", "--enable_debug_output", "--visualize_network", "--monitor_memory", "--gather_context_logits", "--gather_generation_logits", "--gather_all_token_logits"];

    private static readonly string[] Valued =
        ["--checkpoint_dir", "--output_dir", "--workers", "--max_batch_size", "--max_input_len", "--max_seq_len", "--max_beam_width", "--max_num_tokens", "--opt_num_tokens", "--kv_cache_type", "--gemm_plugin", "--context_fmha", "--use_fused_mlp", "--logits_dtype", "--profiling_verbosity", "--max_draft_len", "--max_prompt_embedding_table_size"];

    /// <summary>Parses.</summary>
    /// <param name="arguments">The command line.</param>
    /// <returns>Values by flag; a switch has <c>true</c>.</returns>
    public static IReadOnlyDictionary<string, string> Parse(string[] arguments)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < arguments.Length; i++)
        {
            string flag = arguments[i];
            bool isSwitch = Switches.Contains(flag);
            if (!isSwitch && !Valued.Contains(flag))
            {
                throw new InvalidDataException($"unrecognized arguments: {flag}");
            }

            if (!flags.TryAdd(flag, isSwitch ? "true" : arguments[++i]))
            {
                throw new InvalidDataException($"{flag} twice");
            }
        }

        return flags;
    }
}
