using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Building;
using CheckpointBuild.Quantization;

namespace CheckpointBuild.Tests.Golden.Gguf;

/// <summary>One run of <c>llama-quantize</c> as a listing has it: what was asked, and what came out.</summary>
/// <param name="Listed">The run.</param>
internal sealed record QuantizeRun(JsonElement Listed)
{
    // The tool's options under our names; null takes no value. What is not here the product does not have.
    private static readonly Dictionary<string, string> Fields = new(StringComparer.Ordinal)
    {
        ["--pure"] = "Pure",
        ["--output-tensor-type"] = "OutputTensorType",
        ["--token-embedding-type"] = "TokenEmbeddingType",
        ["--tensor-type"] = "TensorTypes",
        ["--prune-layers"] = "PruneLayers",
        ["--imatrix"] = "ImportanceMatrix",
        ["--leave-output-tensor"] = "LeaveOutputTensor",
        ["--include-weights"] = "IncludeWeights",
        ["--exclude-weights"] = "ExcludeWeights",
        ["--override-kv"] = "OverrideKv",
        ["--allow-requantize"] = "",
        ["--max-buffer-size"] = "",
    };

    /// <summary>The kind of file, as the tool was told.</summary>
    public string Type => Listed.GetProperty("type").GetString()!;

    /// <summary>The tool's options.</summary>
    public string[] Options => Listed.GetProperty("options").Deserialize<string[]>()!;

    /// <summary>What the run is called in a test's name.</summary>
    public string Name => string.Join(' ', [Type, .. Options, .. Listed.TryGetProperty("source", out JsonElement source) ? new[] { $"from {source.GetString()}" } : []]);

    /// <summary>Of a run whose source is another run's result ("the Q8_0 result"): that run's kind; else null.</summary>
    public string? SourceKind => Listed.TryGetProperty("source", out JsonElement source) ? source.GetString()!.Split(' ')[^2].ToLowerInvariant() : null;

    /// <summary>Whether the product has what the run asks.</summary>
    public bool IsKnown => GgufFileType.Find(Type) is not null && Values().All(v => v.Field is not null && (v.Field.Length == 0 || RecipeField.Find(v.Field) is not null) && (!v.Field.Contains("Type", StringComparison.Ordinal) || DTypes.DType.TryParse(v.Value[(v.Value.IndexOf('=', StringComparison.Ordinal) + 1)..], out _)));

    /// <summary>Whether the tool refused.</summary>
    public bool IsRefused => Listed.TryGetProperty("refused", out _);

    /// <summary>The hash of the file.</summary>
    public string FileHash => Listed.GetProperty("file_sha256").GetString()!;

    /// <summary>The types of all tensors, in the file's order.</summary>
    public string[] Types => Listed.GetProperty("tensor_types").GetString()!.Split(' ');

    /// <summary>The first 32 digits of each tensor's hash, in the file's order.</summary>
    public string[] Hashes => Listed.GetProperty("tensor_sha256_32").Deserialize<string[]>()!;

    /// <summary>The recipe that asks the same of us.</summary>
    /// <param name="locate">Gives the path of a matrix that the run names.</param>
    /// <returns>A recipe for a GGUF file from float16.</returns>
    public Recipe Recipe(Func<string, string> locate)
    {
        var recipe = new Recipe { Engine = "gguf", Quantization = GgufFileType.Find(Type)!.Name, IntermediateDType = DTypes.DType.F16 };
        foreach (IGrouping<string, string> field in Values().Where(v => v.Field is { Length: > 0 }).GroupBy(v => v.Field!, v => v.Field == "ImportanceMatrix" ? locate(v.Value) : v.Value))
        {
            recipe = RecipeField.Find(field.Key)!.Set(recipe, string.Join(';', field));
        }

        return recipe;
    }

    /// <summary>Writes the name.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}");

    private IEnumerable<(string? Field, string Value)> Values()
    {
        for (int i = 0; i < Options.Length; i++)
        {
            string? field = Fields.GetValueOrDefault(Options[i]);
            bool isFlag = field is "Pure" or "LeaveOutputTensor" || Options[i] == "--allow-requantize";
            yield return (field, isFlag ? "true" : i + 1 < Options.Length ? Options[++i] : "");
        }
    }
}
