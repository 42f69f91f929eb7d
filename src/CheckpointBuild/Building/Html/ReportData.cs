using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Building.Html;

/// <summary>A build report as a page needs it. It may come from anywhere: what is missing is empty, what is of another kind is refused.</summary>
internal sealed record ReportData
{
    private const long MostSize = 1L << 50;

    /// <summary>The product's content key.</summary>
    public required string Key { get; init; }

    /// <summary>The version of the library that built it; empty where the report is older than that.</summary>
    public required string Tool { get; init; }

    /// <summary>Name, path, dialect and architecture of the source.</summary>
    public required (string Name, string Path, string Dialect, string Family) Source { get; init; }

    /// <summary>What was asked for.</summary>
    public required ImmutableArray<(string Name, string Value)> Recipe { get; init; }

    /// <summary>What was read, with hashes.</summary>
    public required ImmutableArray<(string Name, long Size, string Sha256)> Inputs { get; init; }

    /// <summary>What was written, with hashes.</summary>
    public required ImmutableArray<(string Name, long Size, string Sha256)> Outputs { get; init; }

    /// <summary>Every tensor.</summary>
    public required ImmutableArray<ReportedTensor> Tensors { get; init; }

    /// <summary>What the user should know.</summary>
    public required ImmutableArray<(string Code, string Message)> Warnings { get; init; }

    /// <summary>Seconds of hashing and of building.</summary>
    public required (double Hash, double Build) Seconds { get; init; }

    /// <summary>What was measured; null where nothing was.</summary>
    public ReportedQuality? Quality { get; init; }

    /// <summary>The kinds that were measured when types were chosen, and the one that was taken.</summary>
    public (string Chosen, string ProtocolId, ImmutableArray<(string Name, long Size, double Divergence)> Alternatives)? Choice { get; init; }

    /// <summary>Reads a report.</summary>
    /// <param name="path">Where it stands, for messages.</param>
    /// <param name="json">Its text.</param>
    /// <returns>The data.</returns>
    /// <exception cref="CheckpointException">CKPT7001 when it is damaged.</exception>
    public static ReportData Read(string path, ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            throw Errors.ReportDamaged(path, e.Message);
        }
    }

    private static ReportData Read(JsonElement root)
    {
        JsonElement source = root.GetProperty("checkpoint");
        return new ReportData
        {
            Key = Text(root, "key"),
            Tool = Text(root, "tool"),
            Source = (Text(source, "name"), Text(source, "path"), Text(source, "dialect"), Text(source, "family")),
            Recipe = [.. root.GetProperty("recipe").EnumerateObject().Select(p => (p.Name, p.Value.ToString()))],
            Inputs = Files(root, "inputs", "name"),
            Outputs = Files(root, "outputs", "path"),
            Tensors = [.. Items(root, "tensors").Select(Tensor)],
            Warnings = [.. Items(root, "warnings").Select(w => (Text(w, "code"), Text(w, "message")))],
            Seconds = root.TryGetProperty("seconds", out JsonElement seconds) ? (Number(seconds, "hash") ?? 0, Number(seconds, "build") ?? 0) : default,
            Quality = root.TryGetProperty("quality", out JsonElement quality) ? QualityOf(quality) : null,
            Choice = root.TryGetProperty("automatic", out JsonElement choice) && Items(choice, "alternatives").Any()
                ? (Text(choice, "chosen"), Text(choice, "protocol_id"), [.. Items(choice, "alternatives").Select(a => (Text(a, "name"), Size(a, "size"), Number(a, "kl_mean") ?? 0))])
                : null,
        };
    }

    private static ReportedQuality QualityOf(JsonElement json) => new(Text(json, "protocol_id"), json.GetProperty("scored").GetInt64(), (Number(json, "perplexity_a") ?? 0, Number(json, "perplexity_b") ?? 0), Number(json, "perplexity_increase") ?? 0, Number(json, "kl_mean") ?? 0)
    {
        HighDivergence = Number(json, "kl_99.9") ?? 0,
        SameTop = Number(json, "same_top") ?? 0,
        MaxIncrease = Number(json, "max_perplexity_increase"),
        MaxDivergence = Number(json, "max_kl_divergence"),
        Errors = [.. Items(json, "weight_errors").Select(e => (Text(e, "name"), Text(e, "dtype"), Number(e, "relative_error") ?? double.PositiveInfinity))],
    };

    private static ReportedTensor Tensor(JsonElement json)
    {
        string dtype = Text(json, "dtype"), shape = Text(json, "shape");
        long[] dimensions = [.. shape.Trim('[', ']').Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(d => long.Parse(d, NumberStyles.None, CultureInfo.InvariantCulture))];
        long elements = dimensions.Aggregate(1L, (product, d) => checked(product * d));
        long bytes = json.TryGetProperty("bytes", out JsonElement _) ? Size(json, "bytes")
            : DType.TryParse(dtype, out DType? known) && dimensions is [.., > 0 and var columns] && known.Fits(columns) ? elements / columns * Enumerable.Range(0, known.PlaneCount).Sum(plane => known.RowBytes(plane, columns)) : 0;
        return new ReportedTensor(Text(json, "name"), dtype, shape, bytes, elements, Text(json, "derivation"));
    }

    private static ImmutableArray<(string Name, long Size, string Sha256)> Files(JsonElement root, string list, string name) =>
        [.. Items(root, list).Select(f => (Text(f, name), Size(f, "size"), Text(f, "sha256")))];

    private static JsonElement.ArrayEnumerator Items(JsonElement parent, string name) => parent.TryGetProperty(name, out JsonElement items) ? items.EnumerateArray() : default;

    private static string Text(JsonElement parent, string name) => parent.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value.GetString()! : "";

    private static double? Number(JsonElement parent, string name) => parent.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
        ? value.GetDouble() is var number && double.IsFinite(number) ? number : throw new FormatException($"'{name}' is no finite number.")
        : null;

    // Sums of sizes are drawn; so large is no file.
    private static long Size(JsonElement parent, string name) =>
        parent.GetProperty(name).GetInt64() is >= 0 and <= MostSize and var size ? size : throw new FormatException($"'{name}' is no size.");
}
