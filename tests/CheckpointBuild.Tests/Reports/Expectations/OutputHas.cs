using System;
using System.Collections.Generic;
using System.Text.Json;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>output-has</c>: a text that standard output of a step holds.</summary>
internal sealed class OutputHas : Expectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run)
    {
        string text = json.GetProperty("text").GetString()!;
        return run.Results[json.GetProperty("step").GetInt32()].Output.Contains(text, StringComparison.Ordinal) ? [] : [$"'{text}' was not printed"];
    }
}
