using System.Linq;
using System.Text.Json;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tokenizers;
using Xunit;

namespace CheckpointBuild.Tests.Tokenizers;

/// <summary>The trained model's tokenizer against what two reference runtimes give.</summary>
public sealed class TrainedModelTests
{
    private static readonly GoldenTopic DocLlama = GoldenRoot.Topic("doc-llama");
    private static readonly GoldenTopic Runtime = GoldenRoot.Topic("gguf/runtime");

    [Fact]
    public void Encode_gives_the_ids_of_the_prompts()
    {
        if (DocLlama.SaysAbsent())
        {
            return;
        }

        Tokenizer tokenizer = Open();
        Findings.None(
            from prompt in DocLlama.ReadJson("expected/expected.json").GetProperty("prompts").EnumerateArray()
            let text = prompt.GetProperty("prompt").GetString()
            where !Ids(prompt, "ids").SequenceEqual(tokenizer.Encode(text))
            select text);
    }

    [Fact]
    public void Decode_gives_the_text_of_the_greedy_ids()
    {
        if (DocLlama.SaysAbsent())
        {
            return;
        }

        Tokenizer tokenizer = Open();
        Findings.None(
            from prompt in DocLlama.ReadJson("expected/expected.json").GetProperty("prompts").EnumerateArray()
            let text = tokenizer.Decode(Ids(prompt, "greedy"), DecodeOptions.SkipSpecialTokens)
            where text != prompt.GetProperty("text").GetString()
            select text);
    }

    [Fact]
    public void Encode_gives_the_ids_of_the_gguf_runtime()
    {
        if (DocLlama.SaysAbsent() || Runtime.SaysAbsent())
        {
            return;
        }

        Tokenizer tokenizer = Open();
        JsonElement[] rows = [.. Runtime.ReadJson("tokenization.json").GetProperty("rows").EnumerateArray()];
        Findings.None(
            from row in rows
            let text = row.GetProperty("text").GetString()
            where !Ids(row, "ids_with_bos_special_parsed").SequenceEqual(tokenizer.Encode(text))
                || (row.TryGetProperty("ids_no_bos_special_as_text", out _) && !Ids(row, "ids_no_bos_special_as_text").SequenceEqual(tokenizer.Encode(text, EncodeOptions.None)))
            select text);
    }

    private static Tokenizer Open() => Tokenizer.Create(TokenizerFiles.Read(TokenizerSamples.Folder(DocLlama.Reach())));

    private static int[] Ids(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(i => i.GetInt32())];
}
