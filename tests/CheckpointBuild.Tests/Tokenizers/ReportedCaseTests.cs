using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Dialects.LlamaCpp;
using CheckpointBuild.Formats;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tokenizers;
using Xunit;

namespace CheckpointBuild.Tests.Tokenizers;

/// <summary>Tokenizers on which existing tools went wrong: the ids of the folder, and of the GGUF keys made from it.</summary>
public sealed class ReportedCaseTests
{
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("reports/gguf");

    public static TheoryData<string> Cases => Topic.Cases(topic => topic.Files("texts.jsonl", SearchOption.AllDirectories).Select(f => Path.GetDirectoryName(f)!));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Tokenize_gives_the_right_ids(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        JsonElement root = Topic.ReadJson($"{name}/case.json");
        JsonElement[] steps = [.. root.GetProperty("steps").EnumerateArray()];
        var found = new List<string>();
        foreach (JsonElement expectation in root.GetProperty("expect").EnumerateArray().Where(e => e.GetProperty("type").GetString() == "ids"))
        {
            string[] run = [.. steps[expectation.GetProperty("step").GetInt32()].GetProperty("run").EnumerateArray().Select(a => a.GetString()!)];
            if (run[0] != "tokenize")
            {
                continue;
            }

            TokenizerModel model = TokenizerFiles.Read(TokenizerSamples.Folder(Topic.Reach($"{name}/input")));
            Tokenizer tokenizer = Tokenizer.Create(run[1] == "{input}" ? model : ThroughGguf(model));
            JsonElement[] lines = [.. Topic.ReadJsonLines($"{name}/{run[3].Replace("{case}/", "", StringComparison.Ordinal)}")];
            JsonElement[] ids = [.. expectation.GetProperty("ids").EnumerateArray()];
            found.AddRange(lines.Zip(ids).Select(pair => Difference(run[1], pair.First, pair.Second, tokenizer)).OfType<string>());
        }

        Findings.None(found);
    }

    [Theory]
    [InlineData("several-named-chat-templates")]
    [InlineData("tool-descriptions-as-json")]
    public void Render_gives_the_right_texts(string name)
    {
        if (Topic.SaysAbsent() || !Topic.Has($"{name}/case.json"))
        {
            return;
        }

        TokenizerModel folder = TokenizerFiles.Read(TokenizerSamples.Folder(Topic.Reach($"{name}/input")));
        JsonElement expectation = Topic.ReadJson($"{name}/case.json").GetProperty("expect").EnumerateArray().First(e => e.GetProperty("type").GetString() == "rendered");
        IEnumerable<string> expected = expectation.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!);
        foreach (TokenizerModel model in (TokenizerModel[])[folder, ThroughGguf(folder)])
        {
            Assert.Equal(expected, Topic.ReadJsonLines($"{name}/chats.jsonl").Select(line => Rendered(line, model)));
        }
    }

    private static string? Rendered(JsonElement line, TokenizerModel model)
    {
        var request = new ChatRequest
        {
            Messages = line.GetProperty("messages"),
            Tools = line.TryGetProperty("tools", out JsonElement tools) && tools.ValueKind == JsonValueKind.Array ? tools : null,
            Ending = line.TryGetProperty("add_generation_prompt", out JsonElement prompt) && prompt.GetBoolean() ? ChatEnding.AnswerBegins : ChatEnding.Closed,
            SpecialTokens = ChatTemplate.SpecialTokensOf(model),
        };
        return ChatTemplate.Of(model, request).Render(request).Text;
    }

    private static TokenizerModel ThroughGguf(TokenizerModel model)
    {
        var metadata = new Metadata();
        GgufTokenizerTables.Write(metadata, model, new GgufVocabularyTarget("LlamaForCausalLM", model.VocabularySize));
        return GgufTokenizerTables.Read(metadata, "model.gguf")!;
    }

    private static string? Difference(string source, JsonElement line, JsonElement expected, Tokenizer tokenizer)
    {
        EncodeOptions options = (Flag(line, "add_special_tokens") ? EncodeOptions.AddSpecialTokens : 0) | (Flag(line, "parse_special") ? EncodeOptions.ParseSpecialTokens : 0);
        int[] found = tokenizer.Encode(line.GetProperty("text").GetString()!, options);
        return found.SequenceEqual(expected.EnumerateArray().Select(i => i.GetInt32())) ? null : $"{source} {line}: [{string.Join(", ", found)}], expected {expected}";
    }

    private static bool Flag(JsonElement line, string name) => !line.TryGetProperty(name, out JsonElement value) || value.GetBoolean();
}
