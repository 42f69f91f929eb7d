using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Tests.Readers;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary>What the expectations on GGUF files share: a pattern may stand for a file or for the parts of a split one.</summary>
internal abstract class GgufExpectation : Expectation
{
    /// <summary>Reads the files that an expectation names.</summary>
    /// <param name="json">What is expected.</param>
    /// <param name="run">The run.</param>
    /// <returns>At least one file.</returns>
    protected static IReadOnlyList<GgufReader> Read(JsonElement json, ReportRun run) => [.. FilesOf(json, run).Select(GgufReader.Read)];

    /// <summary>The tensors of the files that an expectation names.</summary>
    /// <param name="json">What is expected.</param>
    /// <param name="run">The run.</param>
    /// <returns>Tensors by name.</returns>
    protected static Dictionary<string, GgufTensor> TensorsOf(JsonElement json, ReportRun run) => Read(json, run).SelectMany(f => f.Tensors).ToDictionary(t => t.Name);
}
