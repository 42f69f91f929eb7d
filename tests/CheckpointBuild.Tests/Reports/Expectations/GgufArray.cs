using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>gguf-array</c>: an array's length, values at indices, and which different values it holds.</summary>
internal sealed class GgufArray : GgufExpectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run)
    {
        string key = json.GetProperty("key").GetString()!;
        if (Read(json, run)[0].Find(key)?.Value is not object[] array)
        {
            return [$"{key} is no array"];
        }

        IEnumerable<string> length = json.TryGetProperty("length", out JsonElement count) && count.GetInt32() != array.Length
            ? [$"{key} has {array.Length} elements, {count.GetInt32()} are right"]
            : [];
        IEnumerable<string> values = Properties(json, "at")
            .Select(e => (e.Name, Expected: e.Value, Actual: array.ElementAtOrDefault(int.Parse(e.Name, CultureInfo.InvariantCulture))))
            .Where(e => !GgufPairs.AreEqual(e.Expected, e.Actual))
            .Select(e => $"{key}[{e.Name}] is '{e.Actual ?? "absent"}', {e.Expected.GetRawText()} is right");
        return length.Concat(values).Concat(json.TryGetProperty("distinct", out JsonElement distinct) ? Distinct(key, distinct, [.. array.Distinct()]) : []);
    }

    // A number says how many different values there are, a list which.
    private static IEnumerable<string> Distinct(string key, JsonElement expected, object[] actual)
    {
        bool holds = expected.ValueKind == JsonValueKind.Number
            ? expected.GetInt32() == actual.Length
            : expected.GetArrayLength() == actual.Length && expected.EnumerateArray().All(e => actual.Any(a => GgufPairs.AreEqual(e, a)));
        return holds ? [] : [$"{key} holds {actual.Length} different values ({string.Join(", ", actual.Take(10))}), {expected.GetRawText()} is right"];
    }
}
