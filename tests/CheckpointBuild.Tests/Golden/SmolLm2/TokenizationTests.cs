using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Dialects;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tests.LlamaCpp;
using CheckpointBuild.Tokenizers;
using Xunit;

namespace CheckpointBuild.Tests.Golden.SmolLm2;

/// <summary>The tokenizer of a GGUF file that people really have, on texts made to be difficult.</summary>
public sealed class TokenizationTests
{
    private const string Texts = "tokenization.jsonl";

    private static readonly GoldenTopic Topic = GoldenRoot.Topic("smollm2");

    public static TheoryData<string> Files => Topic.Cases(topic => topic.Has(Texts) ? topic.Files("*.gguf") : []);

    // The recorded ids come from a reader that passes over tokenizer.ggml.pre. Where its splitting shows (a space before a number that is no plain digit), the file means what llama.cpp makes of it.
    [Theory]
    [MemberData(nameof(Files))]
    public void Ids_equal_the_recorded_ones_and_llama_cpp_s_where_these_pass_over_the_splitting(string file)
    {
        if (Topic.SaysAbsent(file))
        {
            return;
        }

        using CheckpointDirectory directory = CheckpointDirectory.Open(Topic.Reach(file));
        Tokenizer tokenizer = Tokenizer.Create(Dialect.Detect(directory).Read(directory).TokenizerOrThrow());
        (string Text, int[] Recorded, int[] Own)[] lines = [.. Topic.ReadJsonLines(Texts).Select(l => Line(l, tokenizer))];
        (string Text, int[] Recorded, int[] Own)[] others = [.. lines.Where(l => !l.Recorded.SequenceEqual(l.Own))];
        if (others.Length == 0)
        {
            return;
        }

        Findings.None(others.Where(o => !o.Text.Any(c => char.IsNumber(c) && !char.IsAsciiDigit(c))).Select(o => $"{o.Text}: {string.Join(',', o.Own)}, recorded {string.Join(',', o.Recorded)}"));
        using var reference = new LlamaCppModel(Path.GetFullPath(Topic.Reach(file)));
        Assert.All(others, o => Assert.Equal(reference.TokenizeAlone(o.Text), o.Own));
    }

    private static (string Text, int[] Recorded, int[] Own) Line(JsonElement line, Tokenizer tokenizer)
    {
        string text = line.GetProperty("text").GetString()!;
        IEnumerable<int> recorded = line.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32());
        return (text, [.. recorded], tokenizer.Encode(text, EncodeOptions.ParseSpecialTokens));
    }
}
