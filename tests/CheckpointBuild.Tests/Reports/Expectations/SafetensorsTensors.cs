using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.Readers;

namespace CheckpointBuild.Tests.Reports.Expectations;

/// <summary><c>safetensors</c>: tensors of the union of files, by dtype, shape and hash where given; further tensors may be there.</summary>
internal sealed class SafetensorsTensors : Expectation
{
    /// <summary>The tensors of all files that an expectation names.</summary>
    /// <param name="json">What is expected.</param>
    /// <param name="run">The run.</param>
    /// <returns>The union.</returns>
    internal static IReadOnlyList<SafetensorsTensor> Union(JsonElement json, ReportRun run) => [.. FilesOf(json, run).SelectMany(SafetensorsReader.Read)];

    /// <inheritdoc/>
    protected override IEnumerable<string> Find(JsonElement json, ReportRun run)
    {
        ILookup<string, SafetensorsTensor> tensors = Union(json, run).ToLookup(t => t.Name);
        foreach (JsonProperty expected in Properties(json, "tensors"))
        {
            SafetensorsTensor[] found = [.. tensors[expected.Name]];
            if (found.Length != 1)
            {
                yield return $"'{expected.Name}' stands there {found.Length} times";
                continue;
            }

            string actual = $"{found[0].DType} [{string.Join(',', found[0].Shape)}] {Hash.Of(found[0].Data)}";
            if (Wanted(expected.Value, "dtype", found[0].DType)
                || (expected.Value.TryGetProperty("shape", out JsonElement shape) && !shape.EnumerateArray().Select(d => d.GetInt64()).SequenceEqual(found[0].Shape))
                || Wanted(expected.Value, "sha256", Hash.Of(found[0].Data)))
            {
                yield return $"'{expected.Name}' is {actual}, {expected.Value.GetRawText().ReplaceLineEndings(" ")} is right";
            }
        }
    }

    private static bool Wanted(JsonElement expected, string name, string actual) => expected.TryGetProperty(name, out JsonElement value) && value.GetString() != actual;
}
