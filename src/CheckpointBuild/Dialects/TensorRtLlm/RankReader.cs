using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects.TensorRtLlm.Grouped;
using CheckpointBuild.Dialects.TensorRtLlm.Quantizing;
using CheckpointBuild.Dialects.TensorRtLlm.Smoothing;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>Reads a checkpoint back: its configuration in Hugging Face's words, and each role out of the ranks that have a share of it.</summary>
/// <param name="directory">The checkpoint.</param>
internal sealed class RankReader(CheckpointDirectory directory)
{
    private const string ConfigName = "config.json";

    /// <summary>Reads the checkpoint.</summary>
    /// <returns>The checkpoint in canonical arrangement.</returns>
    /// <exception cref="CheckpointException">2xxx when configuration and ranks do not belong together, CKPT2990 when the weights are quantized.</exception>
    public Checkpoint Read()
    {
        string path = directory.PathOf(ConfigName);
        JsonElement root = JsonFile.Parse(path, directory.ReadAll(ConfigName));
        JsonObject json = JsonObject.Create(root)!;
        ModelFamily family = FamilyOf(path, root);
        Converter converter = Converter.Of(family);
        RankGrid grid = GridOf(path, root);
        JsonObject source = converter.ToHuggingFace(json, family);
        ModelConfig config = family.ReadConfig(new ConfigReader(path, JsonElement.Parse(source.ToJsonString())));

        QuantAlgo? algorithm = (json["quantization"]?["quant_algo"] as JsonValue)?.GetValue<string>() is { } name ? QuantAlgo.Find(name) : null;
        WeightOnlyWeights? packed = WeightOnlyWeights.Of(directory, algorithm, config, grid);
        ImmutableArray<Dictionary<string, Tensor>> ranks = [.. Enumerable.Range(0, grid.FileCount).Select(ReadRank).Select(rank => packed?.Decode(rank) ?? rank)];
        var merge = new RankMerge(path, config, grid, converter, ranks);
        (config, Dictionary<TensorRole, Tensor> roles) = merge.Roles();
        source["tie_word_embeddings"] = config.TiedEmbeddings;
        return new Checkpoint
        {
            Name = directory.Name,
            Dialect = "tensorrt-llm",
            Family = family,
            Config = config,
            Tensors = InOrderOfNames(family, config, roles, path),
            SourceConfig = source,
            Problems = [Errors.RanksWithoutTokenizer(directory.Name), .. packed is null ? [] : new[] { Errors.RanksDecoded(directory.Name, algorithm!.Name) }],
        };
    }

    /// <summary>Reads the configuration alone: what a checkpoint is, whatever its weights hold.</summary>
    /// <returns>The checkpoint without tensors.</returns>
    /// <exception cref="CheckpointException">2xxx when it is of no known model.</exception>
    public Checkpoint Describe()
    {
        string path = directory.PathOf(ConfigName);
        JsonElement root = JsonFile.Parse(path, directory.ReadAll(ConfigName));
        ModelFamily family = FamilyOf(path, root);
        JsonObject source = Converter.Of(family).ToHuggingFace(JsonObject.Create(root)!, family);
        return new Checkpoint
        {
            Name = directory.Name,
            Dialect = "tensorrt-llm",
            Family = family,
            Config = family.ReadConfig(new ConfigReader(path, JsonElement.Parse(source.ToJsonString()))),
            Tensors = new RoleTable([]),
        };
    }

    /// <summary>The family that a configuration names.</summary>
    /// <param name="path">Where it lies, for messages.</param>
    /// <param name="root">Its root.</param>
    /// <returns>The family.</returns>
    internal static ModelFamily FamilyOf(string path, JsonElement root)
    {
        string? architecture = root.TryGetProperty("architecture", out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return ModelFamily.FindArchitecture(architecture ?? throw Errors.ConfigFieldMissing(path, "architecture"))
            ?? throw Errors.UnknownArchitecture(path, architecture, Converter.All.SelectMany(c => c.Architectures));
    }

    /// <summary>The ranks that a configuration states.</summary>
    /// <param name="path">Where it lies, for messages.</param>
    /// <param name="root">Its root.</param>
    /// <returns>The grid.</returns>
    internal static RankGrid GridOf(string path, JsonElement root)
    {
        var mapping = new ConfigReader(path, root.TryGetProperty("mapping", out JsonElement stated) && stated.ValueKind == JsonValueKind.Object ? stated : root);
        return RankGrid.Of(
            mapping.OptionalCount("tp_size") ?? 1,
            mapping.OptionalCount("pp_size") ?? 1,
            mapping.OptionalCount("cp_size") ?? 1,
            mapping.OptionalCount("moe_tp_size"),
            mapping.OptionalCount("moe_ep_size"));
    }

    private Dictionary<string, Tensor> ReadRank(int rank) => SmoothedWeights.Decode(GroupedWeights.Decode(ReadFile(rank)));

    private Dictionary<string, Tensor> ReadFile(int rank)
    {
        string name = $"rank{rank}.safetensors";
        if (!directory.Has(name))
        {
            throw Errors.RankMissing(directory.PathOf(ConfigName), name);
        }

        ByteSource source = directory.OpenFile(name);
        return Format.Detect(source).Read(source).Tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
    }

    // The canonical order: as Hugging Face's file would have the tensors, by name.
    private static RoleTable InOrderOfNames(ModelFamily family, ModelConfig config, Dictionary<TensorRole, Tensor> roles, string path) => new(family.Naming.TensorsOf(config)
        .OrderBy(t => t.Name, StringComparer.Ordinal)
        .SelectMany(t => t.Roles)
        .Select(role => KeyValuePair.Create(role, roles.GetValueOrDefault(role) is not { } tensor ? throw Errors.TensorMissing(path, role.ToString(), config.ShapeOf(role).ToString())
            : tensor.Shape == config.ShapeOf(role) ? tensor
            : throw Errors.TensorShape(path, tensor.Name, tensor.Shape.ToString(), config.ShapeOf(role).ToString()))));
}
