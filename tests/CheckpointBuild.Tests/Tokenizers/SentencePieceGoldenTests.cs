using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using CheckpointBuild.Tokenizers;
using Xunit;

namespace CheckpointBuild.Tests.Tokenizers;

/// <summary>Folders that hold a SentencePiece or tiktoken file, read from that file alone, against the library that it belongs to.</summary>
public sealed class SentencePieceGoldenTests
{
    private static readonly GoldenTopic Topic = GoldenRoot.Topic("tokenizers");

    public static TheoryData<string> Cases => Topic.Cases(topic => topic.Files("tokenizer.model", SearchOption.AllDirectories).Select(f => Path.GetDirectoryName(f)!).Where(f => topic.Has($"{f}/vectors.jsonl")));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_gives_the_ids_of_the_files_own_library(string name)
    {
        if (Topic.SaysAbsent(name))
        {
            return;
        }

        TokenizerModel json = TokenizerFiles.Read(TokenizerSamples.Folder(Topic.Reach(name)));
        byte[] file = Topic.ReadBytes($"{name}/tokenizer.model");
        var tokenizer = Tokenizer.Create(TokenizerFiles.Read(new TokenizerFolder(name, ["tokenizer.model"], _ => file)));
        Findings.None(
            from vector in Topic.ReadJsonLines($"{name}/vectors.jsonl")
            where vector.GetProperty("group").GetString() != "special" || !vector.GetProperty("parse_special").GetBoolean()
            let text = vector.GetProperty("text").GetString()
            let expected = Expected(vector, json)
            let found = tokenizer.Encode(text, EncodeOptions.None)
            where !expected.SequenceEqual(found)
            select $"{JsonSerializer.Serialize(text[..Math.Min(80, text.Length)])}: [{string.Join(',', found.Take(40))}], expected [{string.Join(',', expected.Take(40))}]");
    }

    private static int[] Expected(JsonElement vector, TokenizerModel json)
    {
        if (vector.TryGetProperty("sentencepiece_ids", out JsonElement own) || vector.TryGetProperty("tiktoken_ids", out own))
        {
            return Pieces(own, json);
        }

        int[] ids = Pieces(vector.GetProperty("ids"), json);
        PostProcessorStep.Template? template = vector.GetProperty("add_special_tokens").GetBoolean() ? json.PostProcessor.OfType<PostProcessorStep.Template>().FirstOrDefault() : null;
        int before = template?.Single.TakeWhile(p => !p.IsText).Count() ?? 0;
        int after = template?.Single.Reverse().TakeWhile(p => !p.IsText).Count() ?? 0;
        return ids[before..^after];
    }

    // XLM-R's ids are the pieces' places plus one, its unknown piece, the file's first, is 3.
    private static int[] Pieces(JsonElement ids, TokenizerModel json)
    {
        int[] all = [.. ids.EnumerateArray().Select(i => i.GetInt32())];
        return json.ClassName == "XLMRobertaTokenizer" ? Array.ConvertAll(all, id => id == 3 ? 0 : id - 1) : all;
    }
}
