using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>safetensors-names</c>: the union of files holds exactly these tensors.</summary>
internal sealed class SafetensorsNames : Expectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run) => Differences(Strings(json, "exactly"), SafetensorsTensors.Union(json, run).Select(t => t.Name));
}
