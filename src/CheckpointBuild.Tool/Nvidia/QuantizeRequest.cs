using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Nvidia;

/// <summary>What a command line of <c>quantize.py</c> asks for, as a recipe.</summary>
/// <param name="values">The flags' values.</param>
internal sealed class QuantizeRequest(IReadOnlyDictionary<string, string> values)
{
    private const string None = "full_prec";

    private static readonly string[] Formats = ["fp8", "int8_sq", "int4_awq", "w4a8_awq", "int8_wo", "int4_wo", None];
    private static readonly string[] Caches = ["int8", "fp8"];
    private static readonly Dictionary<string, string> Targets = new(StringComparer.Ordinal) { ["tensorrt_llm"] = "tensorrt-llm", ["hf"] = "huggingface" };

    /// <summary>The source, where its flag names it.</summary>
    public string? Source => values.GetValueOrDefault(QuantizeFlags.ModelDir);

    /// <summary>The output, where its flag names it.</summary>
    public string? Output => values.GetValueOrDefault(QuantizeFlags.OutputDir);

    /// <summary>The dialect that a flag names; null = none does.</summary>
    public string? Target => values.GetValueOrDefault("--export_format") is not { } name ? values.ContainsKey(QuantizeFlags.Format) || values.ContainsKey(QuantizeFlags.ModelDir) ? Targets["tensorrt_llm"] : null
        : Targets.GetValueOrDefault(name) ?? throw Errors.UnknownOptionValue("export_format", name, "a quantized checkpoint", Targets.Keys);

    /// <summary>Adds what the flags ask for.</summary>
    /// <param name="recipe">The recipe so far.</param>
    /// <returns>The recipe with it.</returns>
    /// <exception cref="CheckpointException">CKPT9001 for a value that cannot be.</exception>
    public Recipe Apply(Recipe recipe)
    {
        recipe = QuantizeFlags.All.Where(f => f.Field is not null && values.ContainsKey(f.Name)).Aggregate(recipe, (r, f) => RecipeField.Find(f.Field!)!.Set(r, values[f.Name]));
        if (values.GetValueOrDefault(QuantizeFlags.Format) == "nvfp4")
        {
            throw Errors.FlagRefused(QuantizeFlags.Format + " nvfp4", "ranks of four-bit floats are not written; fp8 or int4_awq are near");
        }

        if (Choice(QuantizeFlags.Format, Formats) is { } format && format != None)
        {
            recipe = RecipeField.Find("Quantization")!.Set(recipe, format);
        }

        recipe = Choice("--kv_cache_dtype", Caches) is { } cache ? recipe with { KvCacheQuantization = cache } : recipe;
        bool isUncalibrated = values.Count > 0 && recipe.NeedsStatistics && recipe is { Calibration: null, CalibrationStatistics: null };
        string? text = CalibrationFlag.TextOf(values);
        return isUncalibrated ? recipe with { Calibration = text ?? CalibrationText.Own } : recipe;
    }

    private string? Choice(string flag, string[] valid) => values.GetValueOrDefault(flag) is not { } value ? null
        : valid.Contains(value) ? value
        : throw Errors.UnknownOptionValue(flag.TrimStart('-'), value, "a quantized checkpoint", valid);
}
