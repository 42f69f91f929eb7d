using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>gguf-finite</c>: no NaN and no infinity in float tensors or in scales.</summary>
internal sealed class GgufFinite : GgufExpectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run) => TensorsOf(json, run).Values
        .Select(t => (t.Name, Block: t.Type.FindNotFinite(t.Data)))
        .Where(t => t.Block >= 0)
        .Select(t => $"'{t.Name}' holds a NaN or an infinity in block {t.Block}");
}
