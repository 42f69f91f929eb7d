using System;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.TensorRtLlm;
using CheckpointBuild.Models;

namespace CheckpointBuild.Vendors;

/// <summary>Holds a checkpoint against what <c>trtllm-build</c> expects, so that its failures are found before it runs.</summary>
public static class TrtllmCheckpointCheck
{
    private const string ConfigName = "config.json";

    private static readonly string[] MappingKeys =
        ["world_size", "rank", "gpus_per_node", "cp_size", "tp_size", "pp_size", "moe_tp_size", "moe_ep_size", "moe_cluster_size", "attn_tp_size", "attn_cp_size", "auto_parallel"];

    private static readonly string[] QuantizationKeys =
        ["quant_algo", "kv_cache_quant_algo", "group_size", "smoothquant_val", "clamp_val", "use_meta_recipe", "has_zero_point", "pre_quant_scale", "exclude_modules"];

    /// <summary>Checks a checkpoint.</summary>
    /// <param name="directory">Its folder.</param>
    /// <returns>Its configuration, and what the builder would warn of.</returns>
    /// <exception cref="CheckpointException">2xxx and CKPT3232 when the builder would fail.</exception>
    public static (JsonObject Config, ImmutableArray<Diagnostic> Warnings) Check(CheckpointDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        string path = directory.PathOf(ConfigName);
        JsonElement root = JsonFile.Parse(path, directory.ReadAll(ConfigName));
        var stated = new RankConfig(path, root);
        JsonObject config = stated.Json;
        RefuseUnknownKeys(path, config["mapping"] as JsonObject, "mapping", MappingKeys);
        RefuseUnknownKeys(path, config["quantization"] as JsonObject, "quantization", QuantizationKeys);
        var expectation = RankExpectation.Of(stated);
        RankGrid grid = expectation.Grid;
        if (stated.Mapping.OptionalCount("world_size") is { } world && world != grid.WorldSize)
        {
            throw Errors.ConfigFieldWrong(path, "mapping.world_size", $"{world}", $"tp_size × pp_size × cp_size ({grid.WorldSize})");
        }

        ImmutableArray<Diagnostic>.Builder warnings = ImmutableArray.CreateBuilder<Diagnostic>();
        for (int rank = 0; rank < grid.FileCount; rank++)
        {
            expectation.Check(directory, rank, warnings);
        }

        return (config, warnings.DrainToImmutable());
    }

    private static void RefuseUnknownKeys(string path, JsonObject? json, string name, string[] known)
    {
        if (json?.Select(p => p.Key).FirstOrDefault(k => !known.Contains(k)) is { } unknown)
        {
            throw Errors.ConfigFieldWrong(path, $"{name}.{unknown}", "there", $"one of {string.Join(", ", known)}");
        }
    }
}
