using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;
using CheckpointBuild.Tests.Reports.Expectations;

namespace CheckpointBuild.Tests.Golden.Gguf;

/// <summary>What llama.cpp's converter wrote for one model and type: every pair, every tensor, the file's hash. Listings of other types than f32 name only what differs.</summary>
/// <param name="listing">The listing.</param>
/// <param name="complete">The f32 listing of the same model.</param>
internal sealed class ConverterListing(JsonElement listing, JsonElement complete)
{
    private const string FileTypeKey = "general.file_type";

    /// <summary>What the file's SHA-256 is.</summary>
    public string FileHash => listing.GetProperty("file_sha256").GetString()!;

    /// <summary>Holds a file against the listing.</summary>
    /// <param name="file">The file.</param>
    /// <returns>What differs, one sentence each.</returns>
    public IEnumerable<string> Differences(GgufReader file) => PairDifferences(file).Concat(TensorDifferences(file)).Concat(file.DataStart != listing.GetProperty("data_start").GetInt64()
        ? [$"the data begins at {file.DataStart}, {listing.GetProperty("data_start").GetInt64()} is right"]
        : []);

    private IEnumerable<string> PairDifferences(GgufReader file)
    {
        JsonElement[] expected = [.. complete.GetProperty("kv").EnumerateArray()];
        string[] right = [.. expected.Select(Key)];
        string[] actual = [.. file.Pairs.Select(p => p.Key)];
        if (!right.SequenceEqual(actual))
        {
            return [$"keys are missing ({string.Join(", ", right.Except(actual))}), too many ({string.Join(", ", actual.Except(right))}) or in another order: {string.Join(", ", actual)}"];
        }

        return expected.Zip(file.Pairs).Select(p => PairDifference(Overridden(p.First), p.Second)).OfType<string>();
    }

    // A listing of another type repeats the pairs that differ, or names the file type alone.
    private JsonElement Overridden(JsonElement pair)
    {
        if (listing.TryGetProperty("kv", out JsonElement pairs))
        {
            return pairs.EnumerateArray().Where(p => Key(p) == Key(pair)).Select(p => (JsonElement?)p).FirstOrDefault() ?? pair;
        }

        return Key(pair) == FileTypeKey
            ? JsonElement.Parse($$"""{"key": "{{FileTypeKey}}", "type": "u32", "value": {{listing.GetProperty("file_type").GetInt32()}}}""")
            : pair;
    }

    private static string Key(JsonElement pair) => pair.GetProperty("key").GetString()!;

    private static string? PairDifference(JsonElement expected, KeyValuePair<string, GgufValue> actual)
    {
        GgufValue value = actual.Value;
        bool equal = expected.GetProperty("type").GetString() == value.Type
            && (!expected.TryGetProperty("value", out JsonElement scalar) || GgufPairs.AreEqual(scalar, value.Value))
            && (!expected.TryGetProperty("bits", out JsonElement bits) || Convert.ToUInt32(bits.GetString(), 16) == BitConverter.ToUInt32(value.Raw))
            && (!expected.TryGetProperty("values", out JsonElement list) || GgufPairs.AreEqual(list, value.Value))
            && (!expected.TryGetProperty("count", out JsonElement count) || count.GetInt32() == ((object[])value.Value).Length)
            && (!expected.TryGetProperty("sha256_of_elements", out JsonElement hash) || hash.GetString() == Hash.Of(value.Raw));
        return equal ? null : $"{actual.Key} is {value.Type} {Show(value.Value)}; {expected.GetRawText().ReplaceLineEndings(" ")} is right";
    }

    private IEnumerable<string> TensorDifferences(GgufReader file)
    {
        Dictionary<string, JsonElement> complete32 = complete.GetProperty("tensors").EnumerateArray().ToDictionary(t => t.GetProperty("name").GetString()!);
        string[] expected = [.. listing.GetProperty("tensors").EnumerateArray().Select(t => Describe(t, complete32))];
        string[] actual = [.. file.Tensors.Select(t => Describe(t.Name, t.Type.Name, t.Offset, t.Dimensions, Hash.Of(t.Data)))];
        return expected.Length != actual.Length
            ? [$"{actual.Length} tensors, {expected.Length} are right"]
            : expected.Zip(actual).Where(p => p.First != p.Second).Select(p => $"{p.Second}\n  {p.First} is right");
    }

    // [name, type, offset, sha256] in the short form, an object in the long one; the f32 listing has the dimensions.
    private static string Describe(JsonElement tensor, Dictionary<string, JsonElement> complete32)
    {
        bool isShort = tensor.ValueKind == JsonValueKind.Array;
        string name = (isShort ? tensor[0] : tensor.GetProperty("name")).GetString()!;
        string hash = (isShort ? tensor[3] : tensor.GetProperty("sha256")).GetString()!;
        return Describe(
            name,
            (isShort ? tensor[1] : tensor.GetProperty("type")).GetString()!,
            (isShort ? tensor[2] : tensor.GetProperty("offset")).GetInt64(),
            complete32[name].GetProperty("ne").EnumerateArray().Select(d => d.GetInt64()),
            hash == "as f32" ? complete32[name].GetProperty("sha256").GetString()! : hash);
    }

    private static string Describe(string name, string type, long offset, IEnumerable<long> dimensions, string hash) =>
        string.Create(CultureInfo.InvariantCulture, $"{name} {type} [{string.Join(',', dimensions)}] at {offset} {hash}");

    private static string Show(object value) => value is object[] list ? $"[{list.Length}]: {string.Join(", ", list.Take(4))}" : Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
