using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;

namespace CheckpointBuild.Tests.Golden.TensorRtLlm;

/// <summary>Holds a file that we wrote against its description in the index.</summary>
internal static class RankFile
{
    // The reference's tables come from vector code that is 1 ulp off in about a tenth of the values, and differs between processors.
    private const float TableTolerance = 2.5e-7f;

    private static readonly string[] Tables = ["embed_positions", "embed_positions_for_gpt_attention", "rotary_inv_freq"];

    private static readonly Lazy<Dictionary<string, SafetensorsTensor>> ReferenceTables = new(() => SafetensorsReader.Read(TensorRtLlmCase.Topic.Reach("rope_tables.safetensors")).ToDictionary(t => t.Name));

    /// <summary>The differences.</summary>
    /// <param name="path">Our file.</param>
    /// <param name="described">Its description.</param>
    /// <param name="withoutStatistics">Whether scales of the cache come from statistics that are not kept.</param>
    /// <returns>One sentence each.</returns>
    public static IEnumerable<string> Differences(string path, JsonElement described, bool withoutStatistics)
    {
        if (!File.Exists(path))
        {
            return [$"{Path.GetFileName(path)}: is missing"];
        }

        return !path.EndsWith(".safetensors", StringComparison.Ordinal)
            ? Hash.OfFile(path) == described.GetProperty("sha256").GetString() ? [] : [$"{Path.GetFileName(path)}: differs\n{File.ReadAllText(path)}"]
            : Tensors(path, described, withoutStatistics);
    }

    private static IEnumerable<string> Tensors(string path, JsonElement described, bool withoutStatistics)
    {
        string file = Path.GetFileName(path);
        IReadOnlyList<SafetensorsTensor> ours = SafetensorsReader.Read(path);
        JsonElement[] theirs = [.. described.GetProperty("tensors").EnumerateArray()];
        if (new FileInfo(path).Length != described.GetProperty("bytes").GetInt64())
        {
            yield return $"{file}: {new FileInfo(path).Length} bytes, {described.GetProperty("bytes").GetInt64()} are right";
        }

        string[] names = [.. ours.Select(t => t.Name)], right = [.. theirs.Select(t => t.GetProperty("name").GetString()!)];
        if (!names.SequenceEqual(right))
        {
            yield return $"{file}: tensors too many: {string.Join(", ", names.Except(right).Take(8))}; too few: {string.Join(", ", right.Except(names).Take(8))}";
            yield break;
        }

        bool hasTables = false;
        foreach ((SafetensorsTensor tensor, JsonElement entry) in ours.Zip(theirs))
        {
            string hash = entry.GetProperty("sha256").GetString()!;
            bool isTable = Tables.Contains(tensor.Name);
            hasTables |= isTable;
            if (tensor.DType != entry.GetProperty("dtype").GetString() || !tensor.Shape.SequenceEqual(entry.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())))
            {
                yield return $"{file}: {tensor.Name} is {tensor.DType} [{string.Join(", ", tensor.Shape)}], {entry.GetProperty("dtype")} {entry.GetProperty("shape")} is right";
            }
            else if (Hash.Of(tensor.Data) != hash && !(isTable && IsClose(tensor, hash)) && !(withoutStatistics && tensor.Name.EndsWith("kv_cache_scaling_factor", StringComparison.Ordinal)))
            {
                yield return $"{file}: {tensor.Name} {tensor.DType} [{string.Join(", ", tensor.Shape)}] differs";
            }
        }

        // Where no number may differ the whole file is held against its hash: header, padding and all.
        if (!hasTables && !withoutStatistics && described.TryGetProperty("sha256", out JsonElement whole) && Hash.OfFile(path) != whole.GetString())
        {
            yield return $"{file}: differs";
        }
    }

    private static bool IsClose(SafetensorsTensor tensor, string hash) =>
        ReferenceTables.Value.TryGetValue(hash, out SafetensorsTensor? table)
        && MemoryMarshal.Cast<byte, float>(tensor.Data).ToArray().Zip(MemoryMarshal.Cast<byte, float>(table.Data).ToArray()).All(p => MathF.Abs(p.First - p.Second) <= TableTolerance);
}
