using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>rendered</c>: the JSON strings that a step printed, one a line.</summary>
internal sealed class RenderedTexts : Expectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run)
    {
        IReadOnlyList<string> actual = run.Results[json.GetProperty("step").GetInt32()].TextLines;
        string[] expected = json.GetProperty("texts").Deserialize<string[]>()!;
        return actual.SequenceEqual(expected) ? [] : [$"printed {JsonSerializer.Serialize(actual)}, {JsonSerializer.Serialize(expected)} is right"];
    }
}
