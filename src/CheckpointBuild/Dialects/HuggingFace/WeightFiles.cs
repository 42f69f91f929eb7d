using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.HuggingFace;

/// <summary>Which files hold the weights: one file, or the shards that an index names; a set without an index is taken in order of its names.</summary>
internal static class WeightFiles
{
    /// <summary>The ending of weights files.</summary>
    internal const string Extension = ".safetensors";

    private const string SingleFile = "model.safetensors";
    private const string IndexFile = "model.safetensors.index.json";

    /// <summary>Whether a folder has weights.</summary>
    /// <param name="directory">The folder.</param>
    /// <returns>True when there is a file of them, or an index.</returns>
    public static bool AreIn(CheckpointDirectory directory) => directory.Has(IndexFile) || directory.Files.Any(IsWeights);

    /// <summary>Reads the headers of all weights files.</summary>
    /// <param name="directory">The folder, or the one file.</param>
    /// <param name="problems">Receives what was noticed.</param>
    /// <returns>Tensors file by file in order of names, and by name within a file.</returns>
    public static IReadOnlyList<Tensor> Read(CheckpointDirectory directory, ICollection<Diagnostic> problems)
    {
        if (directory.File is { } one)
        {
            return ReadFile(directory, one);
        }

        if (directory.Has(SingleFile))
        {
            if (directory.Has(IndexFile))
            {
                problems.Add(Errors.TwoSetsOfWeights(directory.Path, SingleFile, IndexFile));
            }

            return ReadFile(directory, SingleFile);
        }

        return directory.Has(IndexFile) ? ReadIndexed(directory, problems) : [.. directory.Files.Where(IsWeights).SelectMany(f => ReadFile(directory, f))];
    }

    private static bool IsWeights(string name) => name.EndsWith(Extension, StringComparison.Ordinal) && !name.StartsWith("adapter", StringComparison.Ordinal);

    private static List<Tensor> ReadIndexed(CheckpointDirectory directory, ICollection<Diagnostic> problems)
    {
        string index = directory.PathOf(IndexFile);
        Dictionary<string, string> fileOf = ReadIndex(index, directory.ReadAll(IndexFile));
        string[] shards = [.. fileOf.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        string[] others = [.. directory.Files.Where(IsWeights).Except(shards, StringComparer.Ordinal)];
        if (others.Length > 0)
        {
            problems.Add(Errors.NotInIndex(index, others));
        }

        var tensors = new List<Tensor>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string shard in shards)
        {
            if (!File.Exists(directory.PathOf(shard)))
            {
                throw Errors.ShardMissing(index, shard, fileOf.First(e => e.Value == shard).Key);
            }

            foreach (Tensor tensor in ReadFile(directory, shard).Where(t => fileOf.GetValueOrDefault(t.Name) is not { } other || other == shard))
            {
                tensors.Add(tensor);
                seen.Add(tensor.Name);
            }
        }

        return fileOf.FirstOrDefault(e => !seen.Contains(e.Key)) is { Key: { } missing, Value: var where }
            ? throw Errors.NotInShard(index, where, missing)
            : tensors;
    }

    private static Dictionary<string, string> ReadIndex(string path, byte[] bytes)
    {
        JsonElement root = JsonFile.Parse(path, bytes);
        if (!root.TryGetProperty("weight_map", out JsonElement map) || map.ValueKind != JsonValueKind.Object)
        {
            throw Errors.ConfigFieldMissing(path, "weight_map");
        }

        var fileOf = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            string? file = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString() : null;
            if (file is null || file.Length == 0 || Path.GetFileName(file) != file || file.Contains('\\', StringComparison.Ordinal))
            {
                throw Errors.ConfigFieldWrong(path, $"weight_map.{entry.Name}", entry.Value.GetRawText(), "the name of a file in the same folder");
            }

            fileOf[entry.Name] = file;
        }

        return fileOf;
    }

    private static List<Tensor> ReadFile(CheckpointDirectory directory, string name)
    {
        ByteSource source = directory.OpenFile(name);
        return [.. Format.Detect(source).Read(source).Tensors.OrderBy(t => t.Name, StringComparer.Ordinal)];
    }
}
