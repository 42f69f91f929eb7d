using System.Collections.Generic;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>output</c>: regular expressions that both streams of a step together match.</summary>
internal sealed class OutputMatches : Expectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run) =>
        ReportRun.Missing(Strings(json, "match"), run.Results[json.GetProperty("step").GetInt32()].Both, RegexOptions.None) is { } missing ? [$"/{missing}/ does not match"] : [];
}
