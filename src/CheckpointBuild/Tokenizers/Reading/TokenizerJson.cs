using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text.Json;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tokenizers.Reading;

/// <summary>Reads Hugging Face's <c>tokenizer.json</c>.</summary>
internal static class TokenizerJson
{
    /// <summary>The file's name.</summary>
    internal const string FileName = "tokenizer.json";

    /// <summary>Reads the file.</summary>
    /// <param name="root">Its root.</param>
    /// <returns>The tokenizer, without what stands in the files beside it.</returns>
    /// <exception cref="CheckpointException">21xx.</exception>
    internal static TokenizerModel Read(JsonPart root)
    {
        JsonPart model = root["model"];
        ImmutableArray<double> scores = [];
        ImmutableArray<string?> tokens = model["vocab"].IsArray && model["type"].TextOrNull() is (null or "Unigram") ? ReadScoredVocabulary(model["vocab"], out scores) : ReadVocabulary(model["vocab"]);
        return new TokenizerModel
        {
            Algorithm = ReadAlgorithm(model),
            Tokens = tokens,
            Scores = scores,
            AddedTokens = ReadAddedTokens(root["added_tokens"], tokens),
            Normalizer = NormalizerJson.Read(root["normalizer"]),
            PreTokenizer = PreTokenizerJson.Read(root["pre_tokenizer"]),
            PostProcessor = PostProcessorJson.Read(root["post_processor"]),
            Decoder = DecoderJson.Read(root["decoder"]),
        };
    }

    private static TokenizerAlgorithm ReadAlgorithm(JsonPart model)
    {
        // Files of old versions leave the type out; only byte-pair encoding has merges.
        string type = model["type"].TextOrNull() ?? (model["merges"].IsNull ? "Unigram" : "BPE");
        return type switch
        {
            "BPE" => new TokenizerAlgorithm.BytePairs(ReadMerges(model["merges"]))
            {
                IgnoresMerges = model["ignore_merges"].Flag(false),
                FallsBackToBytes = model["byte_fallback"].Flag(false),
                FusesUnknown = model["fuse_unk"].Flag(false),
                UnknownToken = model["unk_token"].TextOrNull(),
                ContinuingPrefix = Named(model["continuing_subword_prefix"]),
                WordSuffix = Named(model["end_of_word_suffix"]),
            },
            "Unigram" => new TokenizerAlgorithm.Unigram(ReadUnknown(model), model["byte_fallback"].Flag(false)),
            _ => throw Errors.TokenizerConstructUnknown(model.File, "model type", type),
        };
    }

    private static int? ReadUnknown(JsonPart model)
    {
        JsonPart unknown = model["unk_id"];
        if (unknown.IsNull)
        {
            return null;
        }

        long id = unknown.Integer();
        int pieces = model["vocab"].IsArray ? model["vocab"].Element.GetArrayLength() : 0;
        return id >= 0 && id < pieces ? (int)id : throw unknown.Wrong($"the number of a piece, from 0 to {pieces - 1}");
    }

    /// <summary>An empty prefix or suffix is none.</summary>
    private static string? Named(JsonPart part) => part.TextOrNull() is { Length: > 0 } text ? text : null;

    /// <summary>Reads an object of tokens and their ids.</summary>
    /// <param name="vocabulary">The object.</param>
    /// <returns>The tokens by id.</returns>
    internal static ImmutableArray<string?> ReadVocabulary(JsonPart vocabulary)
    {
        if (!vocabulary.IsObject)
        {
            throw vocabulary.Wrong("an object");
        }

        var builder = new VocabularyBuilder(vocabulary.File);
        foreach (JsonProperty entry in vocabulary.Element.EnumerateObject())
        {
            string text = vocabulary.NameOf(entry);
            builder.Add(text, entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt64(out long id) ? id : throw vocabulary[text].Wrong("an integer"));
        }

        return builder.Build();
    }

    private static ImmutableArray<string?> ReadScoredVocabulary(JsonPart vocabulary, out ImmutableArray<double> scores)
    {
        // Two pieces may have one text here (the reference finds the last): only the form is checked.
        var tokens = ImmutableArray.CreateBuilder<string?>();
        var numbers = ImmutableArray.CreateBuilder<double>();
        foreach (JsonPart entry in vocabulary.Items())
        {
            if (!entry.IsArray || entry.Element.GetArrayLength() != 2)
            {
                throw entry.Wrong("a piece and its score");
            }

            VocabularyBuilder.Checked(vocabulary.File, "", tokens.Count);
            tokens.Add((entry with { Element = entry.Element[0] }).Text());
            numbers.Add((entry with { Element = entry.Element[1] }).Number());
        }

        scores = numbers.ToImmutable();
        return tokens.ToImmutable();
    }

    private static ImmutableArray<Merge> ReadMerges(JsonPart merges)
    {
        if (merges.IsNull)
        {
            return [];
        }

        if (!merges.IsArray)
        {
            throw merges.Wrong("an array");
        }

        var list = ImmutableArray.CreateBuilder<Merge>(merges.Element.GetArrayLength());
        foreach (JsonElement merge in merges.Element.EnumerateArray())
        {
            list.Add(ReadMerge(merges with { Element = merge }));
        }

        return list.MoveToImmutable();
    }

    /// <summary>Reads a merge in either form: <c>"a b"</c>, or <c>["a", "b"]</c> where the parts may hold spaces.</summary>
    private static Merge ReadMerge(JsonPart merge)
    {
        if (merge.IsArray && merge.Element.GetArrayLength() == 2)
        {
            return new((merge with { Element = merge.Element[0] }).Text(), (merge with { Element = merge.Element[1] }).Text());
        }

        string text = merge.Text();
        int space = text.IndexOf(' ', System.StringComparison.Ordinal);
        return space > 0 && text.IndexOf(' ', space + 1) < 0 ? new(text[..space], text[(space + 1)..]) : throw merge.Wrong("two tokens");
    }

    private static ImmutableArray<AddedToken> ReadAddedTokens(JsonPart list, ImmutableArray<string?> vocabulary)
    {
        var tokens = ImmutableArray.CreateBuilder<AddedToken>();
        var seen = new HashSet<int>();
        foreach (JsonPart entry in list.Items())
        {
            string content = entry["content"].Text();
            AddedToken token = new(VocabularyBuilder.Checked(list.File, content, entry["id"].Integer()), content, ReadRules(entry));
            if (!seen.Add(token.Id))
            {
                throw Errors.TokenTwice(list.File, content, token.Id, "has the id of another added token");
            }

            // The library would give it another id than the file says; whichever is taken, some id means the wrong text.
            if (token.Id < vocabulary.Length && vocabulary[token.Id] is { } other && other != content)
            {
                throw Errors.TokenTwice(list.File, content, token.Id, $"has the id of {Errors.Quote(other)}");
            }

            tokens.Add(token);
        }

        return tokens.ToImmutable();
    }

    /// <summary>Reads how an added token is found.</summary>
    /// <param name="entry">The token's object.</param>
    /// <returns>The rules.</returns>
    internal static AddedTokenRules ReadRules(JsonPart entry)
    {
        bool special = entry["special"].Flag(false);
        return (entry["single_word"].Flag(false) ? AddedTokenRules.SingleWord : 0)
            | (entry["lstrip"].Flag(false) ? AddedTokenRules.StripLeft : 0)
            | (entry["rstrip"].Flag(false) ? AddedTokenRules.StripRight : 0)
            | (entry["normalized"].Flag(!special) ? AddedTokenRules.Normalized : 0)
            | (special ? AddedTokenRules.Special : 0);
    }
}
