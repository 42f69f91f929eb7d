using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>last-ids-any</c>: the last JSON array that a step printed is one of several.</summary>
internal sealed class LastIds : Expectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run)
    {
        int[] actual = run.Results[json.GetProperty("step").GetInt32()].IdLines is [.., int[] last] ? last : [];
        return json.GetProperty("any").Deserialize<int[][]>()!.Any(a => a.SequenceEqual(actual)) ? [] : [$"[{string.Join(',', actual)}] is none of them"];
    }
}
