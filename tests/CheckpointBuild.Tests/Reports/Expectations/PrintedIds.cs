using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>ids</c>: the JSON arrays that a step printed.</summary>
internal sealed class PrintedIds : Expectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run)
    {
        IReadOnlyList<int[]> actual = run.Results[json.GetProperty("step").GetInt32()].IdLines;
        int[][] expected = json.GetProperty("ids").Deserialize<int[][]>()!;
        return actual.Count != expected.Length
            ? [$"{actual.Count} lines of ids, {expected.Length} are right"]
            : expected.Zip(actual).Select((pair, line) => (pair.First, pair.Second, Line: line)).Where(p => !p.First.SequenceEqual(p.Second))
                .Select(p => $"line {p.Line} is [{string.Join(',', p.Second)}], [{string.Join(',', p.First)}] is right");
    }
}
