using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>json</c>: dotted paths that have these values, and paths that are absent.</summary>
internal sealed class JsonValues : Expectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run)
    {
        JsonElement root = JsonComparison.Read(FilesOf(json, run)[0]);
        return Properties(json, "values")
            .Select(v => (v.Name, Expected: v.Value, Actual: JsonComparison.Find(root, v.Name)))
            .Where(v => v.Actual is not { } actual || !JsonComparison.AreEqual(v.Expected, actual))
            .Select(v => $"{v.Name} is {v.Actual?.GetRawText() ?? "absent"}, {v.Expected.GetRawText()} is right")
            .Concat(Strings(json, "absent").Where(path => JsonComparison.Find(root, path) is not null).Select(path => $"{path} is there and should not be"));
    }
}
