using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tests.Golden.DocLlama;

/// <summary>A prompt and what the reference computes after it.</summary>
/// <param name="Text">The prompt.</param>
/// <param name="Ids">Its ids, the begin token first.</param>
/// <param name="Greedy">The greedy continuation without the end token.</param>
/// <param name="LogitsFile">Float32 logits for every position of the prompt.</param>
internal sealed record DocLlamaPrompt(string Text, int[] Ids, int[] Greedy, string LogitsFile)
{
    /// <summary>Reads a prompt.</summary>
    /// <param name="json">An element of <c>prompts</c>.</param>
    /// <returns>The prompt.</returns>
    public static DocLlamaPrompt Read(JsonElement json) => new(
        json.GetProperty("prompt").GetString()!,
        json.GetProperty("ids").Deserialize<int[]>()!,
        [.. json.GetProperty("greedy").Deserialize<int[]>()!.TakeWhile(id => id != DocLlamaData.EndToken)],
        json.GetProperty("logits").GetString()!);
}
