using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Tests.Infrastructure;

namespace CheckpointBuild.Tests.Golden.TensorRtLlm;

/// <summary>One case of the topic: a command line of a conversion script and what it wrote.</summary>
/// <param name="Name">The key in the index.</param>
/// <param name="Json">The entry.</param>
internal sealed record TensorRtLlmCase(string Name, JsonElement Json)
{
    private static readonly Lazy<Dictionary<string, JsonElement>> Index = new(() => GoldenRoot.Topic("trtllm").ReadJson("index.json").EnumerateObject().ToDictionary(p => p.Name, p => p.Value));

    /// <summary>The topic.</summary>
    public static GoldenTopic Topic { get; } = GoldenRoot.Topic("trtllm");

    /// <summary>The names of all cases whose input is there.</summary>
    public static IEnumerable<string> Names => Index.Value.Where(e => HasInput(e.Value)).Select(e => e.Key);

    /// <summary>Finds a case.</summary>
    /// <param name="name">Its key.</param>
    /// <returns>The case.</returns>
    public static TensorRtLlmCase Find(string name) => new(name, Index.Value[name]);

    /// <summary>Whether the reference refused.</summary>
    public bool IsRefused => Json.TryGetProperty("error", out JsonElement error) && error.ValueKind == JsonValueKind.Object;

    /// <summary>Why the reference refused.</summary>
    public string Reason => Json.GetProperty("error").GetProperty("why").GetString()!;

    /// <summary>The statistics of a calibrated case, or null.</summary>
    public string? Statistics => Json.TryGetProperty("act_range", out JsonElement file) && file.GetString() is { } name ? Topic.Reach($"act_range/{name}") : null;

    /// <summary>Whether the case is calibrated and its statistics are not kept.</summary>
    public bool LacksStatistics => Statistics is null && Arguments.Any(a => a is "--int8_kv_cache");

    /// <summary>The command line as it stands in the index.</summary>
    public string[] Arguments => [.. Json.GetProperty("argv").EnumerateArray().Select(a => a.GetString()!)];

    /// <summary>The files that the reference wrote, with where they are described.</summary>
    public IReadOnlyDictionary<string, JsonElement> Files => Json.TryGetProperty("files", out JsonElement files) && files.ValueKind == JsonValueKind.Object
        ? files.EnumerateObject().ToDictionary(f => f.Name, f => Described(f.Value))
        : new Dictionary<string, JsonElement>();

    /// <summary>The command line for our tool.</summary>
    /// <param name="scratch">Where inputs that are not kept are made, and the output goes.</param>
    /// <param name="compatibility">The mode.</param>
    /// <returns>The arguments.</returns>
    public string[] CommandLine(Scratch scratch, string compatibility)
    {
        string[] arguments = [.. Arguments.Select(a => a switch
        {
            "{src}" => SourceFolder(scratch),
            "{out}" => scratch.PathOf("out"),
            _ when a.StartsWith("models/", StringComparison.Ordinal) => Topic.Reach(a),
            _ => a,
        })];
        string[] statistics = Statistics is { } file ? ["--calibration-statistics", file] : [];
        return ["convert", "--to", "tensorrt-llm", .. arguments, "--compatibility", compatibility, "--target-sm", Json.GetProperty("sm").GetInt32().ToString(System.Globalization.CultureInfo.InvariantCulture), .. statistics];
    }

    private static JsonElement Described(JsonElement file) =>
        file.TryGetProperty("same_as", out JsonElement other) ? Described(FilesOf(Index.Value[other[0].GetString()!]).GetProperty(other[1].GetString()!)) : file;

    // A case that was refused lists what it left behind.
    private static JsonElement FilesOf(JsonElement entry) => entry.TryGetProperty("files", out JsonElement files) && files.ValueKind == JsonValueKind.Object ? files : entry.GetProperty("files_left");

    private static bool HasInput(JsonElement entry) => InputOf(entry) is not { } input || DamagedInputs.Knows(input) || !Topic.Topic(input).IsAbsent || (input.StartsWith("../", StringComparison.Ordinal) && !GoldenRoot.Topic(input[3..]).IsAbsent);

    private static string? InputOf(JsonElement entry) => entry.TryGetProperty("input", out JsonElement input) ? input.GetString() : null;

    private string SourceFolder(Scratch scratch)
    {
        string input = InputOf(Json)!;
        return DamagedInputs.Knows(input) ? DamagedInputs.Make(input, scratch)
            : input.StartsWith("../", StringComparison.Ordinal) ? GoldenRoot.Topic(input[3..]).Reach()
            : Topic.Reach(input);
    }
}
