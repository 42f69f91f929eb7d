using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary>JSON values as the cases compare them: numbers by their value, booleans apart from numbers, objects in any order.</summary>
internal static class JsonComparison
{
    /// <summary>Reads the root of a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its root.</returns>
    public static JsonElement Read(string path) => JsonElement.Parse(File.ReadAllBytes(path));

    /// <summary>Follows a dotted path.</summary>
    /// <param name="root">Where it begins.</param>
    /// <param name="path">Names and indices with dots between.</param>
    /// <returns>The value, or null where there is none.</returns>
    public static JsonElement? Find(JsonElement root, string path)
    {
        JsonElement at = root;
        foreach (string part in path.Split('.'))
        {
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(part, out JsonElement member))
            {
                at = member;
            }
            else if (at.ValueKind == JsonValueKind.Array && int.TryParse(part, out int index) && index < at.GetArrayLength())
            {
                at = at[index];
            }
            else
            {
                return null;
            }
        }

        return at;
    }

    /// <summary>Whether two values are equal.</summary>
    /// <param name="a">The one.</param>
    /// <param name="b">The other.</param>
    /// <returns>True when they are.</returns>
    public static bool AreEqual(JsonElement a, JsonElement b) => (a.ValueKind, b.ValueKind) switch
    {
        (JsonValueKind.Number, JsonValueKind.Number) => a.GetRawText() == b.GetRawText() || a.GetDouble() == b.GetDouble(),
        (JsonValueKind.String, JsonValueKind.String) => a.GetString() == b.GetString(),
        (JsonValueKind.Array, JsonValueKind.Array) => a.GetArrayLength() == b.GetArrayLength() && a.EnumerateArray().Zip(b.EnumerateArray()).All(p => AreEqual(p.First, p.Second)),
        (JsonValueKind.Object, JsonValueKind.Object) => AreEqual([.. a.EnumerateObject()], b),
        _ => a.ValueKind == b.ValueKind,
    };

    private static bool AreEqual(List<JsonProperty> a, JsonElement b) =>
        a.Count == b.EnumerateObject().Count() && a.TrueForAll(p => b.TryGetProperty(p.Name, out JsonElement other) && AreEqual(p.Value, other));
}
