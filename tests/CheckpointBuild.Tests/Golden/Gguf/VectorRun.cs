using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tests.Golden.Gguf;

/// <summary>What one quantizer wrote for all rows, with or without importance.</summary>
/// <param name="Topic">The folder.</param>
/// <param name="Listed">The type's entry in the listing.</param>
/// <param name="DType">The dtype.</param>
/// <param name="Run">The run: <c>plain</c> or <c>importance</c>.</param>
internal sealed record VectorRun(GoldenTopic Topic, JsonElement Listed, DType DType, string Run)
{
    /// <summary>ggml's name of the type.</summary>
    public string Type => Listed.GetProperty("type").GetString()!;

    /// <summary>The file of bytes.</summary>
    public string File => Listed.GetProperty(Run).GetProperty("file").GetString()!;

    /// <summary>The rows, width by width.</summary>
    public IEnumerable<VectorPart> Parts
    {
        get
        {
            JsonElement[] inputs = [.. Topic.ReadJson("vectors.json").GetProperty("inputs").EnumerateArray()];
            foreach (JsonElement part in Listed.GetProperty(Run).GetProperty("parts").EnumerateArray())
            {
                int width = part.GetProperty("width").GetInt32();
                JsonElement input = inputs.Single(i => i.GetProperty("width").GetInt32() == width);
                yield return new VectorPart(
                    width,
                    part.GetProperty("offset").GetInt32(),
                    part.GetProperty("row_bytes").GetInt32(),
                    Topic.ReadFloats(input.GetProperty("file").GetString()!),
                    Run == "importance" ? Topic.ReadFloats($"importance_w{width}.f32") : [],
                    input.GetProperty("row_kinds").Deserialize<string[]>()!);
            }
        }
    }
}
