using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tokenizers;
using Xunit;

namespace CheckpointBuild.Tests.Tokenizers;

/// <summary>Tokenizers written as Hugging Face's files.</summary>
public sealed class TokenizerWriteTests
{
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("tokenizers");

    public static TheoryData<string> Cases => Topic.Cases(topic => topic.Files("tokenizer.json", SearchOption.AllDirectories));

    public static TheoryData<string> Pieces => Topic.Cases(topic => topic.Files("tokenizer.model", SearchOption.AllDirectories).Where(f => topic.Has(Path.Combine(Path.GetDirectoryName(f)!, "vectors.jsonl"))));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Write_gives_back_the_bytes_of_the_file(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        byte[] file = Topic.ReadBytes(name);
        TokenizerModel model = TokenizerFiles.Read(new TokenizerFolder(name, ["tokenizer.json"], _ => file));
        string text = Encoding.UTF8.GetString(TokenizerFiles.Write(model)[0].Bytes.Span);

        Assert.Equal(Encoding.UTF8.GetString(file), text);
    }

    [Theory]
    [MemberData(nameof(Pieces))]
    public void Write_keeps_the_ids_of_another_form(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        byte[] file = Topic.ReadBytes(name);
        TokenizerModel source = TokenizerFiles.Read(new TokenizerFolder(name, ["tokenizer.model"], _ => file));
        Dictionary<string, ReadOnlyMemory<byte>> written = TokenizerFiles.Write(source).ToDictionary(f => f.Name, f => f.Bytes);
        var first = Tokenizer.Create(source);
        var second = Tokenizer.Create(TokenizerFiles.Read(new TokenizerFolder(name, written.Keys, f => written[f])));

        // Where the two libraries disagree on a text, so do the two forms: the charsmap by graphemes or by bytes, and Gemma's runs of spaces.
        Findings.None(
            from vector in Topic.ReadJsonLines($"{Path.GetDirectoryName(name)}/vectors.jsonl")
            where !vector.TryGetProperty("sentencepiece_ids", out _)
            let text = vector.GetProperty("text").GetString()
            where !first.Encode(text).SequenceEqual(second.Encode(text))
            select $"{JsonSerializer.Serialize(text[..Math.Min(80, text.Length)])}: [{string.Join(',', second.Encode(text).Take(40))}], expected [{string.Join(',', first.Encode(text).Take(40))}]");
    }
}
