using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>A tree of files that a run of torchtune left, as a case lists it, held against a folder.</summary>
internal static class TorchtuneTree
{
    /// <summary>The differences between a folder and a listing.</summary>
    /// <param name="folder">What was written.</param>
    /// <param name="listing">The files: path with tensors, content, JSON, text or hash.</param>
    /// <param name="sameValues">Whether the bytes of tensors count, else names, dtypes and shapes alone.</param>
    /// <returns>One line each.</returns>
    public static IEnumerable<string> Differences(string folder, IEnumerable<JsonElement> listing, bool sameValues = true)
    {
        JsonElement[] entries = [.. listing];
        string[] wanted = [.. entries.Select(PathOf).Where(p => !p.EndsWith('/'))];
        string[] found = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/'))];
        IEnumerable<string> folders = entries.Select(PathOf).Where(p => p.EndsWith('/') && !Directory.Exists(Path.Combine(folder, p))).Select(p => $"missing folder: {p}");
        return [.. wanted.Except(found).Select(f => $"missing file: {f}"), .. found.Except(wanted).Select(f => $"extra file: {f}"), .. folders, .. entries.Where(e => found.Contains(PathOf(e))).SelectMany(e => OfFile(folder, e, sameValues))];
    }

    /// <summary>The differences between a folder and files that the run itself left; weights may have been taken out of these.</summary>
    /// <param name="folder">What was written.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="real">The run's output in it; nothing is compared where there is none.</param>
    /// <returns>One line each.</returns>
    public static IEnumerable<string> DifferencesFrom(string folder, GoldenTopic topic, string real)
    {
        if (topic.IsAbsent || !Directory.Exists(Path.Combine(topic.Folder!, real)))
        {
            return [];
        }

        string root = topic.Reach(real);
        return [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(root, f)).Where(f => !IsSame(Path.Combine(folder, f), Path.Combine(root, f))).Select(f => $"{f} is another than the run's own")];
    }

    /// <summary>What a case lists of tensors.</summary>
    /// <param name="tensors">The listing.</param>
    /// <param name="withValues">With their hashes.</param>
    /// <returns>A line each, sorted.</returns>
    public static string[] Listed(JsonElement tensors, bool withValues = true) =>
        [.. tensors.EnumerateArray().Select(t => $"{t.GetProperty("name").GetString()} {t.GetProperty("dtype").GetString()} [{string.Join(", ", t.GetProperty("shape").EnumerateArray())}]{(withValues ? $" {t.GetProperty("sha256").GetString()}" : "")}").Order(StringComparer.Ordinal)];

    /// <summary>The same of a state's dictionary.</summary>
    /// <param name="state">The dictionary.</param>
    /// <returns>A line each, sorted.</returns>
    public static string[] Of(PickleDictionary state) => [.. state.Select(p => Describe((Tensor)p.Value!, true)).Order(StringComparer.Ordinal)];

    /// <summary>The same of a weights file of any format.</summary>
    /// <param name="path">The file.</param>
    /// <param name="withValues">With their hashes.</param>
    /// <returns>A line each, sorted.</returns>
    public static string[] OfFile(string path, bool withValues = true)
    {
        using var source = new FileSource(path);
        return [.. Format.Detect(source).Read(source).Tensors.Select(t => Describe(t, withValues)).Order(StringComparer.Ordinal)];
    }

    private static bool IsSame(string written, string real) => File.Exists(written) && Path.GetExtension(real) switch
    {
        ".json" => JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(real)), JsonNode.Parse(File.ReadAllText(written))),
        ".pt" or ".bin" or ".safetensors" => OfFile(real).SequenceEqual(OfFile(written)),
        _ => File.ReadAllBytes(real).AsSpan().SequenceEqual(File.ReadAllBytes(written)),
    };

    private static IEnumerable<string> OfFile(string folder, JsonElement entry, bool sameValues)
    {
        string name = PathOf(entry), path = Path.Combine(folder, name);
        if (entry.TryGetProperty("tensors", out JsonElement tensors))
        {
            string[] wanted = Listed(tensors, sameValues), found = OfFile(path, sameValues);
            return [.. wanted.Except(found).Select(t => $"{name}: missing {t}"), .. found.Except(wanted).Select(t => $"{name}: extra {t}")];
        }

        if (entry.TryGetProperty("content", out JsonElement content))
        {
            using var source = new FileSource(path);
            return [.. TorchListing.Differences(PyTorchFile.Read(source), content).Select(d => $"{name}: {d}")];
        }

        JsonNode? json = entry.TryGetProperty("json", out JsonElement value) ? JsonNode.Parse(value.GetRawText()) : entry.TryGetProperty("text", out JsonElement text) && name.EndsWith(".json", StringComparison.Ordinal) ? JsonNode.Parse(text.GetString()!) : null;
        return json is not null
            ? JsonNode.DeepEquals(json, JsonNode.Parse(File.ReadAllText(path))) ? [] : [$"{name}: {File.ReadAllText(path)} instead of {json.ToJsonString()}"]
            : !entry.TryGetProperty("sha256", out JsonElement hash) || hash.GetString() == Hash.OfFile(path) ? [] : [$"{name}: other bytes"];
    }

    private static string PathOf(JsonElement entry) => entry.GetProperty("path").GetString()!;

    private static string Describe(Tensor tensor, bool withValue) =>
        $"{tensor.Name} {TorchDTypes.Find(tensor.DType)!.Value.Name} {tensor.Shape}{(withValue ? $" {Hash.Of(PlanBytes.Of(tensor)[0])}" : "")}";
}
