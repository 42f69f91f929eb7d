using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>files</c>: files that are there and files that are not.</summary>
internal sealed class FilesThere : Expectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run) => Strings(json, "present")
        .Where(p => FilePattern.Match(run.Expand(p), anywhereBelow: true).Length == 0).Select(p => $"there is no {p}")
        .Concat(Strings(json, "absent").Where(p => FilePattern.Match(run.Expand(p), anywhereBelow: false).Length > 0).Select(p => $"{p} is there and should not be"));
}
