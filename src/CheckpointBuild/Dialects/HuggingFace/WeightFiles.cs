using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Formats.Distributed;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.HuggingFace;

/// <summary>Which files hold the weights: one file, or the shards that an index names; a set without an index is taken in order of its numbers. Safetensors are preferred to PyTorch's containers, as transformers does.</summary>
internal static partial class WeightFiles
{
    private const string IndexEnding = ".index.json";

    private static readonly WeightSet[] Sets =
    [
        new("model.safetensors", ".safetensors", [""]),
        new("pytorch_model.bin", ".bin", ["pytorch_model", "model"]),
    ];

    /// <summary>Whether a folder has weights.</summary>
    /// <param name="directory">The folder, or one file of weights or its index.</param>
    /// <returns>True when there is a file of them, or an index.</returns>
    public static bool AreIn(CheckpointDirectory directory) => directory.File is { } one
        ? IsAny(one) || one.EndsWith(IndexEnding, StringComparison.Ordinal)
        : Array.Exists(Sets, set => directory.Has(set.Index) || directory.Files.Any(set.Holds)) || DistributedCheckpoint.IsIn(directory.Files);

    /// <summary>Reads the headers of all weights files.</summary>
    /// <param name="directory">The folder; one file; the index, or the first shard, of a set.</param>
    /// <param name="problems">Receives what was noticed.</param>
    /// <returns>Tensors file by file in order of names; by name within a safetensors file, in the file's own order within a PyTorch container.</returns>
    public static IReadOnlyList<Tensor> Read(CheckpointDirectory directory, ICollection<Diagnostic> problems)
    {
        if (directory.File is { } one)
        {
            return one.EndsWith(IndexEnding, StringComparison.Ordinal) ? ReadIndexed(directory, one, problems)
                : FirstOfSet().IsMatch(one) ? [.. Complete(directory, SetOf(directory, one)).SelectMany(f => ReadFile(directory, f, problems))]
                : ReadFile(directory, one, problems);
        }

        if (Array.Find(Sets, s => directory.Has(s.Index) || directory.Files.Any(s.Holds)) is not { } set)
        {
            return Weights(DistributedCheckpoint.Read(directory.OpenFile), directory.PathOf(DistributedIndex.FileName), problems);
        }

        if (directory.Has(set.Single))
        {
            if (directory.Has(set.Index))
            {
                problems.Add(Errors.TwoSetsOfWeights(directory.Path, set.Single, set.Index));
            }

            return ReadFile(directory, set.Single, problems);
        }

        return directory.Has(set.Index)
            ? ReadIndexed(directory, set.Index, problems)
            : [.. Complete(directory, directory.Files.Where(set.Holds).OrderBy(WeightSet.SortKey, StringComparer.Ordinal)).SelectMany(f => ReadFile(directory, f, problems))];
    }

    private static bool IsAny(string name) => Array.Exists(Sets, s => name.EndsWith(s.Extension, StringComparison.Ordinal)) || name.EndsWith(".pt", StringComparison.Ordinal) || name.EndsWith(".pth", StringComparison.Ordinal);

    private static IEnumerable<string> SetOf(CheckpointDirectory directory, string first)
    {
        Match match = FirstOfSet().Match(first);
        string prefix = match.Groups["name"].Value, suffix = match.Groups["rest"].Value;
        return directory.FolderFiles.Where(f => f.StartsWith(prefix, StringComparison.Ordinal) && f.EndsWith(suffix, StringComparison.Ordinal) && Shard().IsMatch(f)).OrderBy(WeightSet.SortKey, StringComparer.Ordinal);
    }

    // Without an index, the names alone say how many shards there are.
    private static string[] Complete(CheckpointDirectory directory, IEnumerable<string> files)
    {
        string[] all = [.. files];
        foreach (Match last in all.Select(f => Numbered().Match(f)).Where(m => m.Success && int.TryParse(m.Groups["count"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > all.Length).Take(1))
        {
            string width = last.Groups["number"].Value;
            string missing = Enumerable.Range(1, all.Length + 1).Select(n => $"{last.Groups["name"].Value}{n.ToString(CultureInfo.InvariantCulture).PadLeft(width.Length, '0')}{last.Groups["rest"].Value}").First(f => !all.Contains(f));
            throw Errors.FileNotFound(directory.PathOf(missing));
        }

        return all;
    }

    [GeneratedRegex(@"^(?<name>.+-)(?<number>\d+)(?<rest>-of-(?<count>\d+)\.[a-z]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^(?<name>.+-)0*1(?<rest>-of-(?!0*1\.)\d+\.[a-z]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex FirstOfSet();

    [GeneratedRegex(@"-\d+-of-\d+\.[a-z]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Shard();

    private static List<Tensor> ReadIndexed(CheckpointDirectory directory, string name, ICollection<Diagnostic> problems)
    {
        string index = directory.PathOf(name);
        Dictionary<string, string> fileOf = ReadIndex(index, directory.ReadAll(name));
        string[] shards = [.. fileOf.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        WeightSet? set = Array.Find(Sets, s => s.Index == name);
        string[] others = [.. directory.FolderFiles.Where(f => set?.Holds(f) == true).Except(shards, StringComparer.Ordinal)];
        if (others.Length > 0)
        {
            problems.Add(Errors.NotInIndex(index, others));
        }

        var tensors = new List<Tensor>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string shard in shards)
        {
            if (!directory.CanOpen(shard))
            {
                throw Errors.ShardMissing(index, shard, fileOf.First(e => e.Value == shard).Key);
            }

            foreach (Tensor tensor in ReadFile(directory, shard, problems).Where(t => fileOf.GetValueOrDefault(t.Name) is not { } other || other == shard))
            {
                tensors.Add(tensor);
                seen.Add(tensor.Name);
            }
        }

        return fileOf.FirstOrDefault(e => !seen.Contains(e.Key)) is { Key: { } missing, Value: var where }
            ? throw Errors.NotInShard(index, where, missing)
            : tensors;
    }

    /// <summary>Reads an index: which file holds each tensor.</summary>
    /// <param name="path">Where it lies, for messages.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <returns>Files by tensor.</returns>
    /// <exception cref="CheckpointException">2xxx when it is none, or names a file elsewhere.</exception>
    internal static Dictionary<string, string> ReadIndex(string path, byte[] bytes)
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

    private static List<Tensor> ReadFile(CheckpointDirectory directory, string name, ICollection<Diagnostic> problems)
    {
        ByteSource source = directory.OpenFile(name);
        Format format = Format.Detect(source);
        if (format == Format.Safetensors)
        {
            return [.. format.Read(source).Tensors.OrderBy(t => t.Name, StringComparer.Ordinal)];
        }

        return format.Name.StartsWith(Format.PyTorch.Name, StringComparison.Ordinal) ? Weights(PyTorchFile.Read(source), source.Name, problems)
            : format == Format.Gguf ? [.. format.Read(source).Tensors]
            : Plain(format.Read(source), source.Name, problems);
    }

    // The model's part of what PyTorch saved.
    private static List<Tensor> Weights(PyTorchFile objects, string path, ICollection<Diagnostic> problems)
    {
        if (NestedWeights.Find(objects) is not { } nested)
        {
            return Plain(objects.ToTensorFile(), path, problems);
        }

        problems.Add(Errors.WeightsNested(path, nested.Key, nested.Others));
        return [.. nested.Tensors];
    }

    private static List<Tensor> Plain(TensorFile file, string path, ICollection<Diagnostic> problems)
    {
        if (file.Tensors.Count == 0)
        {
            throw Errors.NotTensors(path, "what it holds", $"{file.Metadata.Count} values and no tensor");
        }

        if (file.Metadata.Count > 0)
        {
            problems.Add(Errors.ValuesLeftOut(path, file.Metadata.Count, file.Metadata.First().Key));
        }

        return [.. file.Tensors];
    }
}
