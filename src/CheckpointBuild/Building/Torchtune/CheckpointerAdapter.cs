using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.Adapters;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>An adapter of a state in PEFT's form, beside a model in Hugging Face's: <c>adapter_model.safetensors</c> and <c>adapter_config.json</c>.</summary>
/// <param name="options">Where from, where to.</param>
/// <param name="weights">The model that was loaded.</param>
/// <param name="place">The epoch's names.</param>
internal sealed class CheckpointerAdapter(CheckpointerOptions options, CheckpointerWeights weights, CheckpointerPlace place)
{
    private const string RepositoryFile = "original_repo_id.json";
    private const string Modules = "target_modules";
    private static readonly string[] Needed = [Modules, "r", "lora_alpha"];

    private static readonly (string Tune, string Peft)[] ModuleNames =
    [
        ("q_proj", "q_proj"), ("k_proj", "k_proj"), ("v_proj", "v_proj"), ("output_proj", "o_proj"), ("w1", "gate_proj"), ("w2", "down_proj"), ("w3", "up_proj"), ("output", "lm_head"),
    ];

    private static readonly (string Tune, string Peft)[] Endings =
    [
        (TorchtuneAdapter.FactorA, ".lora_A.weight"), (TorchtuneAdapter.FactorB, ".lora_B.weight"), (TorchtuneAdapter.Magnitude, ".lora_magnitude_vector"),
    ];

    /// <summary>Lays out the files; none of a model whose matrices PEFT's names have no place for, as by torchtune.</summary>
    /// <param name="adapter">The adapter's tensors under torchtune's names; null = none.</param>
    /// <param name="config">Rank, alpha and modules in torchtune's names; null = none.</param>
    /// <returns>The files.</returns>
    /// <exception cref="CheckpointException">CKPT4156, CKPT4157, CKPT4159 when adapter or configuration are none.</exception>
    public IEnumerable<FilePlan> Plan(PickleDictionary? adapter, PickleDictionary? config)
    {
        if (options.Kind != CheckpointerKind.HuggingFace || place.IsClassic || weights.Architecture is not { } architecture || TuneModelTypes.HasNoPeftForm(architecture))
        {
            yield break;
        }

        if (adapter is not null)
        {
            yield return place.Weights(place.PeftWeights, adapter.Select(Exported).OrderBy(t => t.Name, StringComparer.Ordinal));
        }

        if (config is not null)
        {
            yield return FilePlan.Of(place.Folder + PeftSettings.FileName, Settings(config).ToJsonString());
        }
    }

    private Tensor Exported(KeyValuePair<object?, object?> pair)
    {
        if (pair is not { Key: string name, Value: Tensor tensor })
        {
            throw Errors.TuneNotTensor(options.OutputDirectory, Convert.ToString(pair.Key, CultureInfo.InvariantCulture) ?? "None", pair.Value?.GetType().Name ?? "None");
        }

        (string ending, string peft) = Endings.FirstOrDefault(e => name.EndsWith(e.Tune, StringComparison.Ordinal));
        string tuneModule = ending is null ? throw Errors.TuneAdapterTensor(options.OutputDirectory, name) : name[..^ending.Length];
        string module = weights.Conversion.PeftModule(tuneModule, out Func<Tensor, Tensor> rows) ?? throw Errors.TuneAdapterTensor(options.OutputDirectory, name);
        Tensor ordered = ending switch
        {
            TorchtuneAdapter.FactorB => rows(tensor),
            TorchtuneAdapter.Magnitude when options.Compatibility == Compatibility.Safe => Reshaped.Of(rows(Reshaped.Of(tensor, new Shape(tensor.Shape.ElementCount, 1))), tensor.Shape),
            _ => tensor,
        };
        return Renamed.Of(ordered, PeftAdapter.Prefix + module + peft);
    }

    private JsonObject Settings(PickleDictionary config)
    {
        if (Needed.FirstOrDefault(key => !config.TryGet(key, out _)) is { } missing)
        {
            throw Errors.TuneAdapterConfig(options.OutputDirectory, $"it has no '{missing}'");
        }

        var settings = new JsonObject();
        foreach ((object? key, object? value) in config)
        {
            settings[Convert.ToString(key, CultureInfo.InvariantCulture) ?? "None"] = key is Modules ? new JsonArray([.. NamesOf(value)]) : NodeOf(value);
        }

        if (RepositoryName() is { } name)
        {
            settings["base_model_name_or_path"] = name;
        }

        return settings;
    }

    private IEnumerable<JsonNode?> NamesOf(object? modules) => modules is PickleSequence list
        ? list.Select(module => (JsonNode?)(ModuleNames.FirstOrDefault(m => m.Tune == module as string).Peft ?? throw Errors.TuneAdapterModule(options.OutputDirectory, $"{module}", ModuleNames.Select(m => m.Tune))))
        : throw Errors.TuneAdapterConfig(options.OutputDirectory, $"'{Modules}' is no list");

    // Where the model came from, as its download noted.
    private string? RepositoryName()
    {
        string path = Path.Combine(options.CheckpointDirectory, RepositoryFile);
        return File.Exists(path) && JsonFile.Parse(path, File.ReadAllBytes(path)).TryGetProperty("repo_id", out JsonElement id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;
    }

    private JsonNode? NodeOf(object? value) => value switch
    {
        null => null,
        bool flag => flag,
        int number => number,
        long number => number,
        double number when double.IsFinite(number) => number,
        string text => text,
        PickleSequence list => new JsonArray([.. list.Select(NodeOf)]),
        PickleDictionary dictionary => new JsonObject(dictionary.Select(p => KeyValuePair.Create(Convert.ToString(p.Key, CultureInfo.InvariantCulture) ?? "None", NodeOf(p.Value)))),
        _ => throw Errors.TuneAdapterConfig(options.OutputDirectory, $"it holds a {value.GetType().Name}, which JSON has no form for"),
    };
}
