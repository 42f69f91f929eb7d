using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Tests.Readers;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>gguf-kv</c>: keys with these values (floats as float32), and keys that are absent.</summary>
internal sealed class GgufPairs : GgufExpectation
{
    /// <summary>Whether a value of a file is what JSON says; a boolean is no number.</summary>
    /// <param name="expected">The JSON value.</param>
    /// <param name="actual">The file's value, or an element of its array.</param>
    /// <returns>True when they are equal.</returns>
    internal static bool AreEqual(JsonElement expected, object? actual) => actual switch
    {
        string text => expected.ValueKind == JsonValueKind.String && expected.GetString() == text,
        bool flag => expected.ValueKind is JsonValueKind.True or JsonValueKind.False && expected.GetBoolean() == flag,
        ulong number => expected.ValueKind == JsonValueKind.Number && (expected.TryGetUInt64(out ulong whole) ? whole == number : expected.GetDouble() == number),
        long number => expected.ValueKind == JsonValueKind.Number && (expected.TryGetInt64(out long whole) ? whole == number : expected.GetDouble() == number),
        float number => expected.ValueKind == JsonValueKind.Number && (float)expected.GetDouble() == number,
        double number => expected.ValueKind == JsonValueKind.Number && (float)expected.GetDouble() == (float)number,
        object[] list => expected.ValueKind == JsonValueKind.Array && expected.GetArrayLength() == list.Length && expected.EnumerateArray().Zip(list).All(p => AreEqual(p.First, p.Second)),
        _ => false,
    };

    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run)
    {
        GgufReader file = Read(json, run)[0];
        return Properties(json, "kv")
            .Select(e => (e.Name, Expected: e.Value, Actual: file.Find(e.Name)?.Value))
            .Where(e => !AreEqual(e.Expected, e.Actual))
            .Select(e => $"{e.Name} is {e.Actual ?? "absent"}, {e.Expected.GetRawText()} is right")
            .Concat(Strings(json, "absent").Where(key => file.Find(key) is not null).Select(key => $"{key} is there and should not be"));
    }
}
