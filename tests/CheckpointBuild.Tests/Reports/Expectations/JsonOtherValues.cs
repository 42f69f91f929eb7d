using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>json-not</c>: dotted paths that do not have these values.</summary>
internal sealed class JsonOtherValues : Expectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run)
    {
        JsonElement root = JsonComparison.Read(FilesOf(json, run)[0]);
        return Properties(json, "values")
            .Where(v => JsonComparison.Find(root, v.Name) is { } actual && JsonComparison.AreEqual(v.Value, actual))
            .Select(v => $"{v.Name} is {v.Value.GetRawText()} and should not be");
    }
}
