using System.Collections.Generic;
using System.Text.Json;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>gguf-names</c>: exactly these tensors.</summary>
internal sealed class GgufNames : GgufExpectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run) => Differences(Strings(json, "exactly"), TensorsOf(json, run).Keys);
}
