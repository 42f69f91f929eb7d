using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>tensor-close</c>: a tensor of a safetensors file, as float32, stays within a relative distance of a reference.</summary>
internal sealed class TensorClose : Expectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run)
    {
        string name = json.GetProperty("tensor").GetString()!;
        if (SafetensorsTensors.Union(json, run).FirstOrDefault(t => t.Name == name) is not { } tensor)
        {
            return json.TryGetProperty("optional", out JsonElement optional) && optional.GetBoolean() ? [] : [$"'{name}' is missing"];
        }

        float[] actual = tensor.Decode();
        float[] expected = FloatsClose.Read(run.Expand(json.GetProperty("reference").GetString()!));
        double most = json.GetProperty("max_rel").GetDouble();
        return actual.Length != expected.Length
            ? [$"'{name}' has {actual.Length} numbers, {expected.Length} are right"]
            : expected.Select((e, i) => (Expected: e, Actual: actual[i], Index: i)).Where(p => !(Math.Abs(p.Actual - p.Expected) <= most * Math.Abs(p.Expected)))
                .Take(1).Select(p => $"'{name}' {p.Index} is {p.Actual:G9}, {p.Expected:G9} is right");
    }
}
