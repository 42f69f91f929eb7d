using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.HuggingFace;

/// <summary>Lays out weights as one file, or as shards with an index: tensors are taken in order, and one that would push a shard past the limit begins the next.</summary>
internal static class ShardedWeights
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Lays out the files.</summary>
    /// <param name="tensors">In order.</param>
    /// <param name="maxShardSize">The most bytes of tensors in one file; a larger tensor gets a file of its own.</param>
    /// <returns>The weights files, and the index where there are several.</returns>
    public static IEnumerable<FilePlan> Plan(IReadOnlyList<Tensor> tensors, long maxShardSize)
    {
        List<List<Tensor>> shards = Split(tensors, maxShardSize);
        if (shards.Count == 1)
        {
            return [PlanFile("model.safetensors", shards[0])];
        }

        string[] names = [.. Enumerable.Range(1, shards.Count).Select(i => string.Create(CultureInfo.InvariantCulture, $"model-{i:D5}-of-{shards.Count:D5}.safetensors"))];
        return [.. shards.Select((shard, i) => PlanFile(names[i], shard)), FilePlan.Of("model.safetensors.index.json", Index(shards, names))];
    }

    private static List<List<Tensor>> Split(IReadOnlyList<Tensor> tensors, long maxShardSize)
    {
        List<List<Tensor>> shards = [[]];
        long size = 0;
        foreach (Tensor tensor in tensors)
        {
            if (size > 0 && size + tensor.ByteCount > maxShardSize)
            {
                shards.Add([]);
                size = 0;
            }

            shards[^1].Add(tensor);
            size += tensor.ByteCount;
        }

        return shards;
    }

    private static FilePlan PlanFile(string name, List<Tensor> tensors) =>
        Format.Safetensors.Plan(name, new TensorFile(new TensorTable(tensors), new Metadata().Add("format", "pt")));

    private static string Index(List<List<Tensor>> shards, string[] names)
    {
        var map = new JsonObject();
        foreach ((string tensor, string file) in shards.SelectMany((shard, i) => shard.Select(t => (t.Name, names[i]))).OrderBy(e => e.Name, StringComparer.Ordinal))
        {
            map[tensor] = file;
        }

        var root = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["total_parameters"] = shards.Sum(s => s.Sum(t => t.Shape.ElementCount)),
                ["total_size"] = shards.Sum(s => s.Sum(t => t.ByteCount)),
            },
            ["weight_map"] = map,
        };
        return root.ToJsonString(Indented) + "\n";
    }
}
