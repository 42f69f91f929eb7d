using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace CheckpointBuild.Tests.Golden.DocLlama;

/// <summary>The small trained model, and what the reference computes from it.</summary>
internal static class DocLlamaData
{
    private const string Expectations = "expected.json";

    /// <summary>The model's Hugging Face folder, called <c>doc-llama</c>.</summary>
    public static GoldenTopic Model { get; } = GoldenRoot.Topic("doc-llama");

    /// <summary>What the reference gives.</summary>
    public static GoldenTopic Expected { get; } = GoldenRoot.Topic("doc-llama/expected");

    /// <summary>The end token, which stands at the end of the reference's continuations and is not printed.</summary>
    public const int EndToken = 4095;

    /// <summary>What the reference gives, by prompt.</summary>
    /// <returns>The prompts.</returns>
    public static IReadOnlyList<DocLlamaPrompt> Prompts() => [.. ReadExpected().GetProperty("prompts").EnumerateArray().Select(DocLlamaPrompt.Read)];

    /// <summary>One prompt.</summary>
    /// <param name="index">Its number, as a theory's row names it.</param>
    /// <returns>The prompt.</returns>
    public static DocLlamaPrompt Prompt(string index) => Prompts()[int.Parse(index, System.Globalization.CultureInfo.InvariantCulture)];

    /// <summary>The expectations' root.</summary>
    /// <returns>JSON.</returns>
    public static JsonElement ReadExpected() => Expected.ReadJson(Expectations);

    /// <summary>The prompts' numbers as the rows of a theory.</summary>
    /// <returns>Names of cases.</returns>
    public static Xunit.TheoryData<string> Cases() =>
        Expected.Cases(topic => topic.Has(Expectations) ? Enumerable.Range(0, Prompts().Count).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)) : []);

    /// <summary>Looks whether a row says that there is nothing to test.</summary>
    /// <param name="name">The row.</param>
    /// <returns>True when model or expectations are absent and the test is done.</returns>
    public static bool SaysAbsent(string name) => Expected.SaysAbsent(name) || Model.SaysAbsent();
}
