using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>any</c>: one of several lists of expectations holds.</summary>
internal sealed class AnyOf : Expectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run)
    {
        string[][] lists = [.. json.GetProperty("of").EnumerateArray().Select(list => list.EnumerateArray().SelectMany(e => Of(e).Faults(e, run)).ToArray())];
        return lists.Any(faults => faults.Length == 0) ? [] : ["none holds: " + string.Join(" | ", lists.Select(faults => string.Join(", ", faults)))];
    }
}
