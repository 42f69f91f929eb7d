using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using CheckpointBuild.Building.Plugins;
using CheckpointBuild.Building.Quality;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building;

/// <summary>What was written, and from what: stands beside every product as <c>build-report.json</c>.</summary>
public sealed record BuildReport
{
    /// <summary>What the file is called.</summary>
    public const string FileName = "build-report.json";

    private const string RankStart = "build-report.rank";

    // A line for each tensor: a thousand times what the largest model has.
    private const int MostBytes = 1 << 28;

    /// <summary>The content key, 64 hex digits.</summary>
    public required string Key { get; init; }

    /// <summary>What was asked for.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>Version and device of the tool of somebody else that had a part in it; null = none.</summary>
    public string? Tool { get; init; }

    /// <summary>What the source is called.</summary>
    public required string CheckpointName { get; init; }

    /// <summary>Where the source lay when it was built.</summary>
    public required string CheckpointPath { get; init; }

    /// <summary>The source's dialect.</summary>
    public required string Dialect { get; init; }

    /// <summary>The architecture.</summary>
    public required string Family { get; init; }

    /// <summary>The files that were read.</summary>
    public required ImmutableArray<SourceFile> Inputs { get; init; }

    /// <summary>The files that were written.</summary>
    public required ImmutableArray<BuiltFile> Outputs { get; init; }

    /// <summary>How each tensor came to be.</summary>
    public required ImmutableArray<TensorReport> Tensors { get; init; }

    /// <summary>What the user should know.</summary>
    public ImmutableArray<Diagnostic> Warnings { get; init; } = [];

    /// <summary>Bytes of the source that were read to make the outputs, hashing left out.</summary>
    public long BytesRead { get; init; }

    /// <summary>What was measured of the engine; null where nothing was to be.</summary>
    public QualityReport? Quality { get; init; }

    /// <summary>How the types were chosen; null where the recipe names them.</summary>
    public AutomaticChoice? Automatic { get; init; }

    /// <summary>Seconds spent hashing inputs.</summary>
    public double HashSeconds { get; init; }

    /// <summary>Seconds spent reading, converting and writing.</summary>
    public double BuildSeconds { get; init; }

    /// <summary>What the report of one rank is called, which stands beside those of the others in the folder of a set that is built rank by rank.</summary>
    /// <param name="rank">Which rank.</param>
    /// <returns>A file name.</returns>
    internal static string NameOfRank(int rank) => string.Create(CultureInfo.InvariantCulture, $"{RankStart}{rank}.json");

    /// <summary>Whether a file of a product's folder is a report.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>True for the product's, and for that of a rank.</returns>
    internal static bool IsReport(string name) => name == FileName || (name.StartsWith(RankStart, System.StringComparison.Ordinal) && name.EndsWith(".json", System.StringComparison.Ordinal));

    /// <summary>The reports of a folder.</summary>
    /// <param name="directory">The folder.</param>
    /// <returns>Full paths: the product's first, then those of ranks by name; none where nothing was built.</returns>
    internal static System.Collections.Generic.IReadOnlyList<string> In(string directory) => Directory.Exists(directory)
        ? [.. Directory.EnumerateFiles(directory, "build-report*.json").Where(f => IsReport(Path.GetFileName(f))).OrderBy(f => f.Length).ThenBy(f => f, System.StringComparer.Ordinal)]
        : [];

    /// <summary>The reports of ranks that were built one by one; where all are built together they speak of files that are no longer there.</summary>
    /// <param name="directory">The folder.</param>
    /// <returns>File names.</returns>
    internal static System.Collections.Generic.IEnumerable<string> OfRanks(string directory) => In(directory).Select(f => Path.GetFileName(f)).Where(name => name != FileName);

    /// <summary>The report as JSON, indented.</summary>
    /// <returns>UTF-8 text ended by a line feed.</returns>
    public string ToJson()
    {
        var root = new JsonObject
        {
            ["version"] = 1,
            ["algorithm"] = Fingerprint.AlgorithmVersion,
            ["tool"] = ToolVersion,
            ["key"] = Key,
            ["checkpoint"] = new JsonObject { ["name"] = CheckpointName, ["path"] = CheckpointPath, ["dialect"] = Dialect, ["family"] = Family },
            ["recipe"] = new JsonObject(RecipeField.All.Select(f => (f.Name, Value: f.Get(Recipe))).Where(f => f.Value is not null).Select(f => new System.Collections.Generic.KeyValuePair<string, JsonNode?>(f.Name, f.Value))),
            ["engineTool"] = Tool,
            ["plugins"] = new JsonArray([.. Recipe.Plugins.Select(p => new JsonObject { ["name"] = p.Name, ["sha256"] = p.Sha256 })]),
            ["inputs"] = new JsonArray([.. Inputs.Select(i => new JsonObject { ["name"] = i.Name, ["size"] = i.Length, ["sha256"] = i.Sha256 })]),
            ["outputs"] = new JsonArray([.. Outputs.Select(ToJson)]),
            ["tensors"] = new JsonArray([.. Tensors.Select(t => new JsonObject { ["name"] = t.Name, ["dtype"] = t.DType, ["shape"] = t.Shape, ["bytes"] = t.Bytes, ["file"] = t.File, ["derivation"] = t.Derivation })]),
            ["warnings"] = new JsonArray([.. Warnings.Select(w => new JsonObject { ["code"] = w.Code, ["message"] = w.Message })]),
            ["bytesRead"] = BytesRead,
            ["quality"] = Quality is null ? null : QualityJson.Of(Quality),
            ["automatic"] = Automatic is null ? null : QualityJson.Of(Automatic),
            ["seconds"] = new JsonObject { ["hash"] = Round(HashSeconds), ["build"] = Round(BuildSeconds) },
        };
        foreach (string absent in new[] { "quality", "automatic" })
        {
            _ = root[absent] is null && root.Remove(absent);
        }

        return root.ToJsonString(ReportFormat.Indented) + "\n";
    }

    /// <summary>Reads the part of a report that verification and the store need: key, checkpoint, recipe, inputs and outputs.</summary>
    /// <param name="path">The report.</param>
    /// <returns>The report without tensors, warnings and times.</returns>
    /// <exception cref="CheckpointException">CKPT7001 when it is damaged.</exception>
    public static BuildReport Read(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(ReadBytes(path));
            JsonElement root = document.RootElement;
            JsonElement checkpoint = root.GetProperty("checkpoint");
            return new BuildReport
            {
                Key = Text(root, "key"),
                Recipe = ReportFormat.ReadRecipe(root.GetProperty("recipe")) with { Plugins = ReadPlugins(root) },
                Tool = root.TryGetProperty("engineTool", out JsonElement tool) ? tool.GetString() : null,
                CheckpointName = Text(checkpoint, "name"),
                CheckpointPath = Text(checkpoint, "path"),
                Dialect = Text(checkpoint, "dialect"),
                Family = Text(checkpoint, "family"),
                Inputs = [.. root.GetProperty("inputs").EnumerateArray().Select(i => new SourceFile(Text(i, "name"), i.GetProperty("size").GetInt64(), Text(i, "sha256")))],
                Outputs = [.. root.GetProperty("outputs").EnumerateArray().Select(o => new BuiltFile(Text(o, "path"), o.GetProperty("size").GetInt64(), o.GetProperty("sha256").GetString()) { TensorsKey = TextOrNull(o, "tensorsKey"), TensorsFrom = TextOrNull(o, "tensorsFrom") })],
                Tensors = [],
            };
        }
        catch (System.Exception e) when (e is JsonException or System.Collections.Generic.KeyNotFoundException or System.InvalidOperationException or System.FormatException)
        {
            throw Errors.ReportDamaged(path, e.Message);
        }
    }

    // A file without tensors says nothing of any.
    private static JsonObject ToJson(BuiltFile file)
    {
        var output = new JsonObject { ["path"] = file.Path, ["size"] = file.Length, ["sha256"] = file.Sha256 };
        if (file.TensorsKey is not null)
        {
            output.Add("tensorsKey", file.TensorsKey);
        }

        if (file.TensorsFrom is not null)
        {
            output.Add("tensorsFrom", file.TensorsFrom);
        }

        return output;
    }

    private static ImmutableArray<PluginIdentity> ReadPlugins(JsonElement root) =>
        root.TryGetProperty("plugins", out JsonElement plugins) ? [.. plugins.EnumerateArray().Select(p => new PluginIdentity(Text(p, "name"), Text(p, "sha256")))] : [];

    // Without the commit that some builds append.
    private static string ToolVersion => typeof(BuildReport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private static byte[] ReadBytes(string path)
    {
        using var source = new FileSource(path);
        return source.Length <= MostBytes ? source.ReadBytes(0, (int)source.Length) : throw Errors.SmallFileTooLarge(path, source.Length, MostBytes);
    }

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString() ?? throw new System.FormatException($"'{name}' is null");

    private static string? TextOrNull(JsonElement parent, string name) => parent.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static JsonNode Round(double seconds) => JsonNode.Parse(seconds.ToString("F3", CultureInfo.InvariantCulture))!;
}
