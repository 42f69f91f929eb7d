using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.HuggingFace;

/// <summary>Lays out weights as one file, or as shards with an index: tensors are taken in order, and one that would push a shard past the limit begins the next.</summary>
internal static class ShardedWeights
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Lays out the files.</summary>
    /// <param name="tensors">In order.</param>
    /// <param name="maxShardSize">The most bytes of tensors in one file; a larger tensor gets a file of its own.</param>
    /// <param name="partition">Which file each tensor goes into where no size is asked for; null = nothing is known.</param>
    /// <returns>The weights files, and the index where there are several.</returns>
    public static IEnumerable<FilePlan> Plan(IReadOnlyList<Tensor> tensors, long maxShardSize, IReadOnlyDictionary<string, string>? partition)
    {
        List<List<Tensor>> shards = maxShardSize == long.MaxValue && partition is not null && tensors.All(t => partition.ContainsKey(t.Name))
            ? [.. tensors.GroupBy(t => partition[t.Name]).OrderBy(g => WeightSet.SortKey(g.Key), StringComparer.Ordinal).Select(g => g.ToList())]
            : Split(tensors, maxShardSize);
        if (shards.Count == 1)
        {
            return [PlanFile("model.safetensors", shards[0])];
        }

        string[] names = NamesOf(shards.Count);
        return [.. shards.Select((shard, i) => PlanFile(names[i], shard)), FilePlan.Of("model.safetensors.index.json", Index(shards, names))];
    }

    /// <summary>Which of several files each tensor of Hugging Face's form came from.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <returns>Files by the tensors' names; null where there was one file, or the source was of another form.</returns>
    public static IReadOnlyDictionary<string, string>? PartitionOf(Checkpoint checkpoint)
    {
        if (checkpoint.Partition is not null || checkpoint.Dialect != "huggingface")
        {
            return checkpoint.Partition;
        }

        Dictionary<string, string?> origins = checkpoint.Family.Naming.TensorsOf(checkpoint.Config).ToDictionary(t => t.Name, t => OriginOf(checkpoint.Tensors[t.Roles[0]]));
        string?[] files = [.. origins.Values.Distinct().OrderBy(f => WeightSet.SortKey(f ?? ""), StringComparer.Ordinal)];
        string[] names = NamesOf(files.Length);
        return files.Length > 1 && !files.Contains(null) ? origins.ToDictionary(o => o.Key, o => names[Array.IndexOf(files, o.Value)], StringComparer.Ordinal) : null;
    }

    /// <summary>The index that tells of a partition.</summary>
    /// <param name="partition">Files by tensor.</param>
    /// <param name="size">Bytes of all tensors as they are written.</param>
    /// <returns>JSON.</returns>
    public static string IndexOf(IReadOnlyDictionary<string, string> partition, long size)
    {
        var map = new JsonObject(partition.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value)));
        return new JsonObject { ["metadata"] = new JsonObject { ["total_size"] = size }, ["weight_map"] = map }.ToJsonString(Indented) + "\n";
    }

    private static string[] NamesOf(int count) => [.. Enumerable.Range(1, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"model-{i:D5}-of-{count:D5}.safetensors"))];

    /// <summary>Which file a tensor's numbers come from.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <returns>The file's name, or null where it is computed.</returns>
    internal static string? OriginOf(Tensor tensor) => tensor switch
    {
        Stored stored => Path.GetFileName(stored.Source.Name),
        StorageView view => Path.GetFileName(view.Storage.Source.Name),
        { Sources.IsEmpty: false } => OriginOf(tensor.Sources[0]),
        _ => null,
    };

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
