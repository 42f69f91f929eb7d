using System;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.Adapters;

/// <summary><c>adapter_config.json</c>: PEFT's configuration of a LoRA adapter, as far as merging depends on it. What changes the mathematics or the base and is not done here is refused by its name.</summary>
internal sealed class PeftSettings
{
    /// <summary>What the file is called.</summary>
    internal const string FileName = "adapter_config.json";

    private const string Kind = "peft_type";
    private const string Lora = "LORA";

    // Starts of training that change the base itself, or the form of the factors.
    private static readonly string[] HarmlessStarts = ["gaussian", "orthogonal"];

    // Options that change what the factors mean; absent, null, false and empty objects and lists are harmless.
    private static readonly string[] Refused =
    [
        "layer_replication", "alora_invocation_tokens", "use_qalora", "velora_config", "kasa_config", "arrow_config", "use_bdlora", "monteclora_config", "lora_ga_config", "eva_config", "corda_config",
        "megatron_config", "target_parameters", "loftq_config",
    ];

    // Known and without effect on a merge.
    private static readonly string[] Harmless =
    [
        "auto_mapping", "base_model_name_or_path", "bias", "ensure_weight_tying", "fan_in_fan_out", "inference_mode", "lora_bias", "lora_dropout", "megatron_core", "modules_to_save", "peft_type", "peft_version",
        "qalora_group_size", "revision", "runtime_config", "task_type", "init_lora_weights", "r", "lora_alpha", "rank_pattern", "alpha_pattern", "use_rslora", "use_dora", "target_modules", "exclude_modules",
        "layers_to_transform", "layers_pattern", "trainable_token_indices",
    ];

    private static readonly string[] NotTorchtunes = ["use_rslora", "rank_pattern", "alpha_pattern", "modules_to_save", "trainable_token_indices"];

    // What a torchtune adapter cannot do without, and what PEFT's has defaults for where it is not stated.
    private static readonly string[] Scaling = ["r", "lora_alpha"];

    private readonly JsonElement _root;
    private readonly int _rank;
    private readonly double _alpha;
    private readonly PeftPattern[] _ranks;
    private readonly PeftPattern[] _alphas;

    private PeftSettings(string path, JsonElement root)
    {
        Path = path;
        _root = root;
        var reader = new ConfigReader(path, root);
        foreach (string field in Scaling.Where(f => root.TryGetProperty(f, out JsonElement value) && value.ValueKind == JsonValueKind.Null))
        {
            throw Errors.ConfigFieldWrong(path, field, "null", "a number");
        }

        _rank = reader.OptionalCount("r") ?? 8;
        _alpha = reader.OptionalNumber("lora_alpha") ?? 8;
        _ranks = [.. PeftPattern.Read(path, root, "rank_pattern")];
        _alphas = [.. PeftPattern.Read(path, root, "alpha_pattern")];
        IsRankStabilized = reader.OptionalFlag("use_rslora") == true;
        bool? hasMagnitudes = reader.OptionalFlag("use_dora");
        HasMagnitudes = hasMagnitudes == true;
        DeniesMagnitudes = hasMagnitudes == false;
        BaseName = reader.OptionalText("base_model_name_or_path");
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The LoRA rank of modules that no pattern names.</summary>
    public int Rank => _rank;

    /// <summary>The alpha of modules that no pattern names.</summary>
    public double Alpha => _alpha;

    /// <summary>Whether the scale is alpha / √r.</summary>
    public bool IsRankStabilized { get; }

    /// <summary>Whether each change has the lengths of its rows beside it (DoRA).</summary>
    public bool HasMagnitudes { get; }

    /// <summary>Whether it says in so many words that there are none.</summary>
    public bool DeniesMagnitudes { get; }

    /// <summary>What the base is called, or null.</summary>
    public string? BaseName { get; }

    /// <summary>All fields.</summary>
    public JsonElement Root => _root;

    /// <summary>Reads and checks the file.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="CheckpointException">CKPT2001 to CKPT2003 for a field that is missing or wrong, CKPT2261 for a kind of adapter that is not merged.</exception>
    public static PeftSettings Read(string path, byte[] bytes)
    {
        JsonElement root = JsonFile.Parse(path, bytes);
        RefuseOtherKinds(path, root, new ConfigReader(path, root).OptionalText(Kind) ?? throw Errors.ConfigFieldMissing(path, Kind));
        return new PeftSettings(path, root);
    }

    /// <summary>Reads the file beside a torchtune adapter, which states rank and alpha alone.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="CheckpointException">CKPT2001 when rank or alpha is missing, CKPT2261 for a kind of adapter that is not merged.</exception>
    public static PeftSettings ReadBesideTorchtune(string path, byte[] bytes)
    {
        JsonElement root = JsonFile.Parse(path, bytes);
        RefuseOtherKinds(path, root, new ConfigReader(path, root).OptionalText(Kind) ?? Lora);
        return Scaling.FirstOrDefault(field => !root.TryGetProperty(field, out _)) is { } missing
            ? throw Errors.ConfigFieldMissing(path, missing)
            : new PeftSettings(path, root);
    }

    /// <summary>The LoRA rank that a module's factors must have.</summary>
    /// <param name="module">The module.</param>
    /// <returns>The rank.</returns>
    public int RankOf(string module) => (int)(PeftPattern.ValueOf(_ranks, module) ?? _rank);

    /// <summary>The alpha of a module.</summary>
    /// <param name="module">The module.</param>
    /// <returns>Alpha.</returns>
    public double AlphaOf(string module) => PeftPattern.ValueOf(_alphas, module) ?? _alpha;

    /// <summary>What alpha is divided by.</summary>
    /// <param name="module">The module.</param>
    /// <returns>The rank, or its square root.</returns>
    public double DivisorOf(string module) => IsRankStabilized ? Math.Sqrt(RankOf(module)) : RankOf(module);

    /// <summary>Which tokens of an embedding have rows of their own.</summary>
    /// <param name="module">The embedding.</param>
    /// <returns>The tokens, in the order of the rows.</returns>
    public ImmutableArray<long> TokensOf(string module)
    {
        const string Field = "trainable_token_indices";
        JsonElement list = _root.TryGetProperty(Field, out JsonElement stated) ? stated : default;
        if (list.ValueKind == JsonValueKind.Object)
        {
            list = list.EnumerateObject().FirstOrDefault(p => module == p.Name || module.EndsWith("." + p.Name, StringComparison.Ordinal)).Value;
        }

        return list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(i => i.ValueKind == JsonValueKind.Number && i.TryGetInt64(out long index) ? index : throw Errors.ConfigFieldWrong(Path, Field, i.GetRawText(), "whole numbers"))]
            : throw Errors.ConfigFieldMissing(Path, Field);
    }

    /// <summary>The field that a torchtune adapter has no meaning for, since its library would train something else by it.</summary>
    /// <returns>Its name, or null.</returns>
    public string? Foreign() => Array.Find(NotTorchtunes, field => _root.TryGetProperty(field, out JsonElement value) && IsSet(value));

    /// <summary>The fields that are not known.</summary>
    /// <returns>Their names.</returns>
    public string[] Unknown() => [.. _root.EnumerateObject().Select(p => p.Name).Where(name => !Harmless.Contains(name) && !Refused.Contains(name))];

    private static void RefuseOtherKinds(string path, JsonElement root, string kind)
    {
        if (kind != Lora)
        {
            throw Errors.AdapterKind(path, kind, "LoRA and its variants rsLoRA and DoRA are");
        }

        foreach (string option in Refused.Where(o => root.TryGetProperty(o, out JsonElement value) && IsSet(value)))
        {
            throw Errors.AdapterKind(path, option, "it changes what the factors mean, or the base");
        }

        if (root.TryGetProperty("init_lora_weights", out JsonElement start) && start.ValueKind == JsonValueKind.String && !HarmlessStarts.Contains(start.GetString()))
        {
            throw Errors.AdapterKind(path, $"init_lora_weights {start.GetString()}", "this start changes the base itself, so that the factors belong to another matrix");
        }
    }

    private static bool IsSet(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => false,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        JsonValueKind.Array => value.GetArrayLength() > 0,
        _ => true,
    };
}
