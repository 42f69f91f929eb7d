using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Vendors;

/// <summary>The fields of NVIDIA's <c>BuildConfig</c> in PascalCase, as flags of <c>trtllm-build</c>, and back.</summary>
public static class TrtllmSettings
{
    private const string Profiles = "ForceNumProfiles";
    private const string Plugins = "PluginConfig";
    private const string DryRun = "DryRun";

    // Fields whose flag is not their name in snake_case.
    private static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal) { ["UseStripPlan"] = "--strip_plan" };

    // Fields without a flag, with the one value that the tool gives them.
    private static readonly Dictionary<string, string> Fixed = new(StringComparer.Ordinal) { ["OptBatchSize"] = "8", ["StronglyTyped"] = "true", ["UseRefit"] = "false", ["UseMrope"] = "false" };

    // Fields that are objects: which flags are theirs, under which names.
    private static readonly Dictionary<string, (string Key, string Flag)[]> Objects = new(StringComparer.Ordinal)
    {
        ["LoraConfig"] = [("lora_dir", "--lora_dir"), ("lora_ckpt_source", "--lora_ckpt_source"), ("max_lora_rank", "--max_lora_rank"), ("lora_target_modules", "--lora_target_modules")],
        ["AutoParallelConfig"] = [("world_size", "--auto_parallel"), ("gpus_per_node", "--gpus_per_node"), ("cluster_key", "--cluster_key")],
        [Plugins] = [.. TrtllmFlags.All.Where(f => f.Plugin is not null || IsFurther(f.Name)).Select(f => (f.Name[2..], f.Name))],
    };

    /// <summary>The environment of the tool that the settings ask for.</summary>
    /// <param name="settings">By the fields' names.</param>
    /// <returns>Variables and values.</returns>
    public static IEnumerable<(string Name, string Value)> Environment(IReadOnlyDictionary<string, string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.TryGetValue(Profiles, out string? count) ? [("BUILDER_FORCE_NUM_PROFILES", count)] : [];
    }

    /// <summary>The flags that the settings mean, looked at one by one and together.</summary>
    /// <param name="settings">By the fields' names.</param>
    /// <returns>The flags.</returns>
    /// <exception cref="CheckpointException">CKPT9001 for a value that cannot be, CKPT3231 for what the tool has no flag for.</exception>
    public static TrtllmFlags ToFlags(IReadOnlyDictionary<string, string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string field, string value) in settings.Where(s => s.Key is not (Profiles or DryRun)))
        {
            Add(flags, field, value);
        }

        return new TrtllmFlags(flags).Validated();
    }

    /// <summary>The fields that flags of a command line set.</summary>
    /// <param name="flags">The flags.</param>
    /// <returns>Values by the fields' names.</returns>
    public static IReadOnlyDictionary<string, string> ToFields(TrtllmFlags flags)
    {
        ArgumentNullException.ThrowIfNull(flags);
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string flag, string value) in flags.Typed.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            (string field, string? key) = FieldOf(flag);
            string plain = TrtllmFlags.All.First(f => f.Name == flag).Kind == TrtllmFlagKind.OnOff && key is null ? value == "enable" ? "true" : "false" : value;
            string piece = key is null ? plain : $"{key}={value}";
            fields[field] = fields.TryGetValue(field, out string? before) ? $"{before};{piece}" : piece;
        }

        return fields;
    }

    private static void Add(Dictionary<string, string> flags, string field, string value)
    {
        if (Fixed.TryGetValue(field, out string? only))
        {
            if (value != only)
            {
                throw Errors.EngineFlagsContradict($"{field}={value}", $"it has no flag for it and builds with {only}");
            }
        }
        else if (Objects.TryGetValue(field, out (string Key, string Flag)[]? known))
        {
            foreach (string piece in value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                int mark = piece.IndexOf('=', StringComparison.Ordinal);
                string? flag = known.FirstOrDefault(k => k.Key == (mark < 0 ? piece : piece[..mark])).Flag;
                flags[flag ?? throw Errors.UnknownOptionValue(field, piece, "trtllm-build", known.Select(k => k.Key + "=…"))] = mark < 0 ? "true" : piece[(mark + 1)..];
            }
        }
        else if (FlagOf(field) is { Kind: TrtllmFlagKind.Switch or TrtllmFlagKind.OnOff } choice)
        {
            if (choice.Kind == TrtllmFlagKind.OnOff || value == "true")
            {
                flags[choice.Name] = choice.Kind == TrtllmFlagKind.Switch ? "true" : value == "true" ? "enable" : "disable";
            }
        }
        else
        {
            flags[FlagOf(field).Name] = value;
        }
    }

    private static TrtllmFlag FlagOf(string field) => TrtllmFlags.All.First(f => f.Name == (Renamed.GetValueOrDefault(field) ?? Snake(field)));

    private static (string Field, string? Key) FieldOf(string flag)
    {
        foreach ((string field, (string Key, string Flag)[] known) in Objects)
        {
            if (known.FirstOrDefault(k => k.Flag == flag).Key is { } key)
            {
                return (field, key);
            }
        }

        return (Renamed.FirstOrDefault(r => r.Value == flag).Key ?? Pascal(flag), null);
    }

    // Flags that are no field of the engine's configuration; the joined feed-forward block is one of both.
    private static bool IsFurther(string flag) => flag is "--paged_kv_cache" or "--fast_build" or "--logits_dtype" or "--gather_all_token_logits" or "--log_level";

    private static string Snake(string field)
    {
        var name = new StringBuilder("-");
        foreach (char c in field)
        {
            name.Append(char.IsUpper(c) ? name.Length > 1 ? "_" : "-" : "").Append(char.ToLowerInvariant(c));
        }

        return name.ToString();
    }

    private static string Pascal(string flag) => string.Concat(flag[2..].Split('_').Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
}
