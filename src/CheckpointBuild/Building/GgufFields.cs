using System;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Quantization;

namespace CheckpointBuild.Building;

/// <summary>The choices of a GGUF engine's quantization under their names.</summary>
internal static class GgufFields
{
    private const int MostLayers = 16384;

    /// <summary>Every one.</summary>
    public static ImmutableArray<RecipeField> All { get; } =
    [
        new("Pure", "true: all matrices of a GGUF file get the quantization's own type, without exceptions for some roles.", (r, v) => r with { Pure = ParsePurity(v) }, r => r.Pure == Purity.Pure ? "true" : null) { IsSwitch = true },
        new("OutputTensorType", "The type of a GGUF file's output head: q8_0, f16 and so on.", (r, v) => r with { OutputTensorType = ParseType("output-tensor-type", v) }, r => r.OutputTensorType?.LongName),
        new("LeaveOutputTensor", "true: a GGUF file's output head, where it is not the embedding, is not quantized.", (r, v) => r with { LeaveOutputTensor = bool.TryParse(v, out bool leaves) ? leaves : throw Errors.UnknownOptionValue("leave-output-tensor", v, "GGUF", ["true", "false"]) }, r => r.LeaveOutputTensor ? "true" : null) { IsSwitch = true },
        new("TokenEmbeddingType", "The type of a GGUF file's token embedding.", (r, v) => r with { TokenEmbeddingType = ParseType("token-embedding-type", v) }, r => r.TokenEmbeddingType?.LongName),
        new("TensorTypes", "Types of a GGUF file's tensors by pattern, the first that matches: ffn_down=q6_k;attn_v=q8_0.", (r, v) => r with { TensorTypes = ParseRules(v) }, r => r.TensorTypes.IsEmpty ? null : string.Join(';', r.TensorTypes)) { IsRepeatable = true, Aliases = ["--tensor-type"] },
        new("PruneLayers", "Layers of a GGUF file that are left out: 2,4.", (r, v) => r with { PruneLayers = ParseLayers(v) }, r => r.PruneLayers.IsEmpty ? null : string.Join(',', r.PruneLayers)),
        new("OverrideKv", "Values of a GGUF file's metadata, as key=type:value with type int, float, bool or str: llama.context_length=int:512;general.name=str:Other.", (r, v) => r with { OverrideKv = [.. Split(v).Select(MetadataOverride.Parse)] }, r => r.OverrideKv.IsEmpty ? null : string.Join(';', r.OverrideKv)) { IsRepeatable = true },
        new("ImportanceMatrix", "A GGUF file's importance matrix, as llama-imatrix writes it.", (r, v) => r with { ImportanceMatrix = Path.GetFullPath(v) }, r => r.ImportanceMatrix) { InKey = r => Path.GetFileName(r.ImportanceMatrix), Aliases = ["--imatrix"] },
        new("IncludeWeights", "Parts of tensors' names, separated by ';': a GGUF file's importance matrix counts for these tensors alone.", (r, v) => r with { IncludeWeights = [.. Split(v)] }, r => r.IncludeWeights.IsEmpty ? null : string.Join(';', r.IncludeWeights)) { IsRepeatable = true },
        new("ExcludeWeights", "Parts of tensors' names, separated by ';': a GGUF file's importance matrix does not count for these tensors.", (r, v) => r with { ExcludeWeights = [.. Split(v)] }, r => r.ExcludeWeights.IsEmpty ? null : string.Join(';', r.ExcludeWeights)) { IsRepeatable = true },
        new("Calibration", "A text, in UTF-8, from which a GGUF file's importance matrix is measured, or how large the activations of a TensorRT-LLM checkpoint become; :own = a short text that is built in.", (r, v) => r with { Calibration = v == CalibrationText.Own ? v : Path.GetFullPath(v) }, r => r.Calibration) { InKey = r => Path.GetFileName(r.Calibration) },
        new("IntermediateDType", "The float type that weights are rounded to before they become GGUF blocks: float16 (as llama.cpp's two steps do), bfloat16 or float32.", (r, v) => r with { IntermediateDType = ParseFloat(v) }, r => r.IntermediateDType?.LongName),
    ];

    /// <summary>The first choice that only a GGUF file can keep.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="calibrates">Whether another target is built that takes a calibration text too.</param>
    /// <returns>The field and its value, or null.</returns>
    internal static (RecipeField Field, string Value)? FirstOf(Recipe recipe, bool calibrates) =>
        All.Where(f => !(calibrates && f.Name == "Calibration")).Select(f => (Field: f, Value: f.Get(recipe))).FirstOrDefault(f => f.Value is not null) is ({ } field, { } value) ? (field, value) : null;

    private static Purity ParsePurity(string value) => value.ToUpperInvariant() switch
    {
        "TRUE" => Purity.Pure,
        "FALSE" => Purity.Mixed,
        _ => throw Errors.UnknownOptionValue("pure", value, "GGUF", ["true", "false"]),
    };

    private static DType ParseFloat(string value) => DType.TryParse(value, out DType? dtype) && (dtype == DType.F32 || dtype == DType.F16 || dtype == DType.BF16)
        ? dtype
        : throw Errors.UnknownOptionValue("intermediate-dtype", value, "GGUF", ["float16", "bfloat16", "float32"]);

    private static DType ParseType(string option, string value) => DType.TryParse(value, out DType? dtype) && IsOfWeights(dtype)
        ? dtype
        : throw Errors.UnknownOptionValue(option, value, "GGUF", DType.All.Where(IsOfWeights).Select(d => d.LongName));

    private static bool IsOfWeights(DType dtype) => dtype is { GgmlType: not null, HasValues: true, IsOfActivations: false } && dtype.Name != "F64";

    private static string[] Split(string value) => value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static ImmutableArray<TensorTypeRule> ParseRules(string value) => [.. Split(value).Select(rule =>
    {
        int mark = rule.LastIndexOf('=');
        if (mark <= 0)
        {
            throw Errors.UnknownOptionValue("tensor-types", rule, "GGUF", ["pattern=type, as in ffn_down=q6_k"]);
        }

        string pattern = rule[..mark].ToLowerInvariant();
        try
        {
            _ = Regex.IsMatch("", pattern, RegexOptions.ECMAScript, TimeSpan.FromSeconds(1));
        }
        catch (ArgumentException e)
        {
            throw Errors.UnknownOptionValue("tensor-types", rule, "GGUF", [$"a regular expression before '=' ({e.Message})"]);
        }

        return new TensorTypeRule(pattern, ParseType("tensor-types", rule[(mark + 1)..]));
    })];

    private static ImmutableArray<int> ParseLayers(string value) => [.. value.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int layer) && layer < MostLayers ? layer : throw Errors.UnknownOptionValue("prune-layers", text, "GGUF", ["layers from 0, as in 2,4"]))
        .Distinct().Order()];
}
