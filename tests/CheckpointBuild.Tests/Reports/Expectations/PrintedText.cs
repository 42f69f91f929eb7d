using System.Collections.Generic;
using System.Text.Json;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>text</c>: what a step printed, but for the last line's end.</summary>
internal sealed class PrintedText : Expectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run)
    {
        string actual = run.Results[json.GetProperty("step").GetInt32()].Output;
        string expected = json.GetProperty("text").GetString()!;
        return actual == expected || actual == expected + "\n" ? [] : [$"printed '{actual}', '{expected}' is right"];
    }
}
