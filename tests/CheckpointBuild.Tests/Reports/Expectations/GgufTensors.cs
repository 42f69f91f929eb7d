using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>gguf-tensors</c>: tensors by type, dimensions and hash where given; tensors that are absent.</summary>
internal sealed class GgufTensors : GgufExpectation
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run)
    {
        Dictionary<string, GgufTensor> tensors = TensorsOf(json, run);
        foreach (JsonProperty expected in Properties(json, "tensors"))
        {
            if (!tensors.TryGetValue(expected.Name, out GgufTensor? actual))
            {
                yield return $"'{expected.Name}' is missing";
            }
            else if ((expected.Value.TryGetProperty("type", out JsonElement type) && type.GetString() != actual.Type.Name)
                || (expected.Value.TryGetProperty("dims", out JsonElement dims) && !dims.EnumerateArray().Select(d => d.GetInt64()).SequenceEqual(actual.Dimensions))
                || (expected.Value.TryGetProperty("sha256", out JsonElement hash) && hash.GetString() != Hash.Of(actual.Data)))
            {
                yield return $"'{expected.Name}' is {actual.Type.Name} [{string.Join(',', actual.Dimensions)}] {Hash.Of(actual.Data)}, {expected.Value.GetRawText().ReplaceLineEndings(" ")} is right";
            }
        }

        foreach (string name in Strings(json, "absent").Where(tensors.ContainsKey))
        {
            yield return $"'{name}' is there and should not be";
        }
    }
}
