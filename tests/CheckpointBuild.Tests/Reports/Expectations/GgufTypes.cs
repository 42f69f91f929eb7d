using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Tests.Readers;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>gguf-types</c>: each tensor has one of several types.</summary>
internal sealed class GgufTypes : GgufExpectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run)
    {
        Dictionary<string, GgufTensor> tensors = TensorsOf(json, run);
        return Properties(json, "tensors")
            .Select(e => (e.Name, Actual: tensors.GetValueOrDefault(e.Name)?.Type.Name ?? "missing", Allowed: e.Value.EnumerateArray().Select(t => t.GetString()!).ToArray()))
            .Where(e => !e.Allowed.Contains(e.Actual))
            .Select(e => $"'{e.Name}' is {e.Actual}, one of {string.Join(", ", e.Allowed)} is right");
    }
}
