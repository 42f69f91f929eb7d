using System.Text.Json.Nodes;
using CheckpointBuild.Models;

namespace CheckpointBuild.Dialects.TensorRtLlm;

/// <summary>A rotary scaling in Hugging Face's words, for sources that had no such configuration.</summary>
internal static class RopeScalingText
{
    /// <summary>Describes a scaling.</summary>
    /// <param name="rope">The rotary embedding, or null.</param>
    /// <returns>The object, or null where nothing is scaled or the words have no place for it.</returns>
    public static JsonObject? Of(RopeConfig? rope) => rope?.Scaling switch
    {
        RopeScalingKind.Linear => new() { ["factor"] = rope.Factor, ["rope_type"] = "linear" },
        RopeScalingKind.Dynamic => new() { ["factor"] = rope.Factor, ["rope_type"] = "dynamic" },
        RopeScalingKind.Llama3 => new()
        {
            ["factor"] = rope.Factor,
            ["high_freq_factor"] = rope.HighFrequencyFactor,
            ["low_freq_factor"] = rope.LowFrequencyFactor,
            ["original_max_position_embeddings"] = rope.OriginalContextLength,
            ["rope_type"] = "llama3",
        },
        _ => null,
    };
}
