using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary>One type of expectation: looks at the files and the output of a run and names what does not hold.</summary>
internal abstract class Expectation
{
    private static readonly FrozenDictionary<string, Expectation> All = new Dictionary<string, Expectation>
    {
        ["gguf-tensors"] = new GgufTensors(),
        ["gguf-names"] = new GgufNames(),
        ["gguf-types"] = new GgufTypes(),
        ["gguf-kv"] = new GgufPairs(),
        ["gguf-array"] = new GgufArray(),
        ["gguf-finite"] = new GgufFinite(),
        ["gguf-values"] = new GgufValues(),
        ["safetensors"] = new SafetensorsTensors(),
        ["safetensors-names"] = new SafetensorsNames(),
        ["tensor-close"] = new TensorClose(),
        ["json"] = new JsonValues(),
        ["json-not"] = new JsonOtherValues(),
        ["files"] = new FilesThere(),
        ["sha256"] = new FileHash(),
        ["f32"] = new FloatsClose(),
        ["ids"] = new PrintedIds(),
        ["last-ids-any"] = new LastIds(),
        ["text"] = new PrintedText(),
        ["rendered"] = new RenderedTexts(),
        ["output"] = new OutputMatches(),
        ["output-has"] = new OutputHas(),
        ["any"] = new AnyOf(),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The expectation of a type.</summary>
    /// <param name="json">An element of <c>expect</c>.</param>
    /// <returns>What judges it.</returns>
    public static Expectation Of(JsonElement json)
    {
        string type = json.GetProperty("type").GetString()!;
        return All.TryGetValue(type, out Expectation? expectation) ? expectation : throw new InvalidDataException($"'{type}' is no type of expectation that this suite knows");
    }

    /// <summary>Looks at a run; a file that is missing or damaged is a fault as any other.</summary>
    /// <param name="json">What is expected.</param>
    /// <param name="run">The run.</param>
    /// <returns>What does not hold, one sentence each.</returns>
    public IReadOnlyList<string> Faults(JsonElement json, ReportRun run)
    {
        try
        {
            return [.. Find(json, run).Select(fault => $"{json.GetProperty("type").GetString()}: {fault}")];
        }
        catch (Exception e) when (e is InvalidDataException or IOException or JsonException or OverflowException)
        {
            return [$"{json.GetProperty("type").GetString()}: {e.Message}"];
        }
    }

    /// <summary>Looks at a run.</summary>
    /// <param name="json">What is expected.</param>
    /// <param name="run">The run.</param>
    /// <returns>What does not hold.</returns>
    protected abstract IEnumerable<string> Find(JsonElement json, ReportRun run);

    /// <summary>The files that <c>file</c> names: as the pattern says, else of that name anywhere below its folder.</summary>
    /// <param name="json">What is expected.</param>
    /// <param name="run">The run.</param>
    /// <returns>At least one path.</returns>
    protected static IReadOnlyList<string> FilesOf(JsonElement json, ReportRun run)
    {
        string pattern = run.Expand(json.GetProperty("file").GetString()!);
        string[] files = FilePattern.Match(pattern, anywhereBelow: true);
        return files.Length > 0 ? files : throw new InvalidDataException($"there is no {pattern}");
    }

    /// <summary>The names and values of an object, none where the object is absent.</summary>
    /// <param name="json">What is expected.</param>
    /// <param name="name">The object's name.</param>
    /// <returns>Its properties.</returns>
    protected static IEnumerable<JsonProperty> Properties(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) ? value.EnumerateObject() : [];

    /// <summary>The strings of a list, none where the list is absent.</summary>
    /// <param name="json">What is expected.</param>
    /// <param name="name">The list's name.</param>
    /// <returns>The strings.</returns>
    protected static IEnumerable<string> Strings(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) ? value.EnumerateArray().Select(s => s.GetString()!) : [];

    /// <summary>Names that are missing and names that are too many.</summary>
    /// <param name="expected">The right names.</param>
    /// <param name="actual">The names found.</param>
    /// <returns>One sentence each.</returns>
    protected static IEnumerable<string> Differences(IEnumerable<string> expected, IEnumerable<string> actual)
    {
        string[] wanted = [.. expected];
        string[] found = [.. actual];
        return wanted.Except(found).Select(name => $"'{name}' is missing").Concat(found.Except(wanted).Select(name => $"'{name}' is there and should not be"));
    }
}
