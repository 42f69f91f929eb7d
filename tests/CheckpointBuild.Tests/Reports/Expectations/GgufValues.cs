using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Tests.Readers;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>gguf-values</c>: decoded values stay within a distance of a reference.</summary>
internal sealed class GgufValues : GgufExpectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run)
    {
        Dictionary<string, GgufTensor> tensors = TensorsOf(json, run);
        return Properties(json, "tensors").SelectMany(e => tensors.TryGetValue(e.Name, out GgufTensor? tensor)
            ? FloatDistance.Faults(tensor.Type.Decode(tensor.Data), FloatsClose.Read(run.Expand(e.Value.GetProperty("reference").GetString()!)), e.Value.GetProperty("max_abs").GetDouble())
                .Select(fault => $"'{e.Name}': {fault}")
            : [$"'{e.Name}' is missing"]);
    }
}
