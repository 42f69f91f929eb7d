using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tokenizers;
using Xunit;

namespace CheckpointBuild.Tests.Tokenizers;

/// <summary>Ids and texts against what the reference libraries give, for every folder that has vectors.</summary>
public sealed class TokenizerGoldenTests
{
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("tokenizers");

    public static TheoryData<string> Cases => Topic.Cases(topic => topic.Files("vectors.jsonl", SearchOption.AllDirectories).Select(f => Path.GetDirectoryName(f)!));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_gives_the_reference_ids(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        Tokenizer tokenizer = Open(name);
        Findings.None(Vectors(name).Select(v => Difference(v, v.GetProperty("ids"), tokenizer.Encode(v.GetProperty("text").GetString()!, Options(v)))));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_gives_the_ids_of_the_older_file(string name)
    {
        if (Topic.SaysAbsent(name) || !Topic.Has($"{name}/v4/tokenizer.json"))
        {
            return;
        }

        Tokenizer tokenizer = Open($"{name}/v4");
        Findings.None(Vectors(name).Select(v => Difference(v, v.GetProperty(v.TryGetProperty("v4_ids", out _) ? "v4_ids" : "ids"), tokenizer.Encode(v.GetProperty("text").GetString()!, Options(v)))));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_gives_the_ids_of_vocabulary_and_merges(string name)
    {
        if (Topic.SaysAbsent(name) || !Topic.Has($"{name}/v4/merges.txt"))
        {
            return;
        }

        TokenizerFolder all = TokenizerSamples.Folder(Topic.Reach($"{name}/v4"));
        var tokenizer = Tokenizer.Create(TokenizerFiles.Read(new TokenizerFolder(name, all.Names.Where(n => n != "tokenizer.json"), n => all.Open(n))));
        Findings.None(Vectors(name).Select(v => Difference(v, v.GetProperty("ids"), tokenizer.Encode(v.GetProperty("text").GetString()!, Options(v)))));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decode_gives_the_reference_text(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        Tokenizer tokenizer = Open(name);
        Findings.None(Vectors(name).Select(v => DecodeDifference(v, tokenizer)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Tokens_are_written_as_the_reference_writes_them(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        Tokenizer tokenizer = Open(name);
        // The reference lists what stood in the text where a token is unknown or swallowed white space.
        HashSet<int> asInText = [.. tokenizer.Model.AddedTokens.Select(t => t.Id), tokenizer.Model.IdOf(SpecialTokenKind.Unknown) ?? -1];
        Findings.None(
            from v in Vectors(name)
            where v.TryGetProperty("tokens", out _)
            from pair in v.GetProperty("tokens").EnumerateArray().Select(t => t.GetString()).Zip(Ids(v.GetProperty("ids")))
            where !asInText.Contains(pair.Second) && pair.First != tokenizer.TokenText(pair.Second)
            select $"{Shown(v)}: {tokenizer.TokenText(pair.Second)}, expected {pair.First}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Streams_give_the_reference_pieces(string name)
    {
        if (Topic.SaysAbsent(name) || !Topic.Has($"{name}/stream.jsonl"))
        {
            return;
        }

        Tokenizer tokenizer = Open(name);
        Findings.None(Topic.ReadJsonLines($"{name}/stream.jsonl").Select(line => StreamDifference(line, tokenizer)));
    }

    private static Tokenizer Open(string name) => Tokenizer.Create(TokenizerFiles.Read(TokenizerSamples.Folder(Topic.Reach(name))));

    private static IEnumerable<JsonElement> Vectors(string name) => Topic.ReadJsonLines($"{name}/vectors.jsonl");

    private static EncodeOptions Options(JsonElement vector) =>
        (vector.GetProperty("add_special_tokens").GetBoolean() ? EncodeOptions.AddSpecialTokens : 0) | (vector.GetProperty("parse_special").GetBoolean() ? EncodeOptions.ParseSpecialTokens : 0);

    private static int[] Ids(JsonElement ids) => [.. ids.EnumerateArray().Select(i => i.GetInt32())];

    private static string Shown(JsonElement vector) => JsonSerializer.Serialize(vector.GetProperty("text").GetString()!.Length > 80 ? vector.GetProperty("text").GetString()![..80] : vector.GetProperty("text").GetString());

    private static string? Difference(JsonElement vector, JsonElement expected, int[] found) =>
        Ids(expected).SequenceEqual(found) ? null : $"{Shown(vector)} {Options(vector)}: [{string.Join(',', found.Take(40))}], expected [{string.Join(',', Ids(expected).Take(40))}]";

    private static string? DecodeDifference(JsonElement vector, Tokenizer tokenizer)
    {
        int[] ids = Ids(vector.GetProperty("ids"));
        string all = tokenizer.Decode(ids);
        if (vector.TryGetProperty("decoded", out JsonElement decoded) && decoded.GetString() != all)
        {
            return $"{Shown(vector)}: '{all}', expected '{decoded.GetString()}'";
        }

        if (vector.TryGetProperty("decoded_equals_text", out JsonElement equals) && equals.GetBoolean() != (all == vector.GetProperty("text").GetString()))
        {
            return $"{Shown(vector)}: decoded_equals_text is {!equals.GetBoolean()}";
        }

        JsonElement skipped = vector.TryGetProperty("decoded_skip_special", out JsonElement other) ? other : decoded;
        string text = tokenizer.Decode(ids, DecodeOptions.SkipSpecialTokens);
        return skipped.ValueKind == JsonValueKind.String && skipped.GetString() != text ? $"{Shown(vector)}, without special tokens: '{text}', expected '{skipped.GetString()}'" : null;
    }

    private static string? StreamDifference(JsonElement line, Tokenizer tokenizer)
    {
        TokenStream stream = tokenizer.DecodeStream(line.GetProperty("skip_special").GetBoolean() ? DecodeOptions.SkipSpecialTokens : DecodeOptions.None);
        string[] found = [.. Ids(line.GetProperty("ids")).Select(stream.Append)];
        string[] expected = [.. line.GetProperty("pieces").EnumerateArray().Select(p => p.GetString() ?? "")];
        return expected.SequenceEqual(found) ? null : $"[{string.Join(',', Ids(line.GetProperty("ids")))}]: {string.Join('|', found)}, expected {string.Join('|', expected)}";
    }
}
