using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>Reads the <c>tokenizer.*</c> keys of a GGUF file.</summary>
/// <param name="metadata">The file's keys.</param>
/// <param name="file">The file, for messages.</param>
internal sealed class GgufTokenizerReader(Metadata metadata, string file)
{
    private const string TemplatePrefix = "tokenizer.chat_template.";
    private static readonly string[] Models = ["gpt2", "llama", "t5"];

    // The kinds that add a start token where the file does not say whether.
    private static readonly string[] AddsBegin = ["llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano", "tekken"];

    /// <summary>Reads the tokenizer.</summary>
    /// <returns>The tokenizer, or null where the file has none.</returns>
    /// <exception cref="CheckpointException">CKPT2112 or CKPT2114 where a key is not what it must be.</exception>
    internal TokenizerModel? Read()
    {
        string? model = metadata.Get<string>(Key("model"));
        return model switch
        {
            null or "none" or "no_vocab" => null,
            "gpt2" => ReadByteLevel(),
            "llama" or "t5" => ReadPieces(isUnigram: model == "t5"),
            _ => throw Wrong("model", $"'{model}'", string.Join(" or ", Models)),
        };
    }

    private TokenizerModel ReadByteLevel()
    {
        string name = metadata.Get<string>(Key("pre")) ?? "default";
        var meaning = GgufPreTokenizer.Named(name);
        string[] tokens = Tokens();
        TokenType[] types = Types(tokens.Length);
        ImmutableArray<SpecialToken> special = SpecialTokens(tokens.Length);
        return new TokenizerModel
        {
            Algorithm = new TokenizerAlgorithm.BytePairs(Merges()) { IgnoresMerges = meaning.IgnoresMerges },
            Tokens = [.. tokens.Select((text, id) => types[id] is TokenType.Normal or TokenType.Byte ? text : null)],
            Types = [.. types],
            AddedTokens = Added(tokens, types),
            PreTokenizer = meaning.Steps,
            PostProcessor = PostProcessor(special, tokens, addsBegin: Array.IndexOf(AddsBegin, name) >= 0, addsEnd: false),
            Decoder = [new DecoderStep.ByteLevel()],
            SpecialTokens = special,
            StatedAdditions = Additions(),
            ChatTemplates = Templates(),
            PreTokenizerName = name,
        };
    }

    /// <summary>SentencePiece's kinds. llama.cpp puts a space before every run of text between special tokens, which is what a normalizer does here.</summary>
    private TokenizerModel ReadPieces(bool isUnigram)
    {
        string[] tokens = Tokens();
        TokenType[] types = Types(tokens.Length);
        float[] scores = metadata.Get<float[]>(Key("scores")) ?? new float[tokens.Length];
        if (scores.Length != tokens.Length)
        {
            throw Wrong("scores", $"{scores.Length} numbers", $"one for each of {tokens.Length} tokens");
        }

        ImmutableArray<SpecialToken> special = SpecialTokens(tokens.Length);
        int unknown = Math.Max(0, Array.IndexOf(types, TokenType.Unknown));
        unknown = special.Where(t => t.Kind == SpecialTokenKind.Unknown).Select(t => (int?)t.Id).FirstOrDefault() ?? unknown;
        bool fallsBack = Array.IndexOf(types, TokenType.Byte) >= 0;
        bool prefix = !metadata.TryGet(GgufVendorTokens.SpacePrefix, out object? stated) || stated is not false;
        var normalizer = new NormalizerStep.SentencePiece([.. metadata.Get<byte[]>(Key("precompiled_charsmap")) ?? []], prefix, metadata.Get<bool>(Key("remove_extra_whitespaces")), EscapeWhitespaces: true);
        ImmutableArray<DecoderStep> decoder = [new DecoderStep.Replace(new TextPattern("\u2581", IsExpression: false), " "), new DecoderStep.ByteFallback(), new DecoderStep.Fuse()];
        return new TokenizerModel
        {
            Algorithm = isUnigram ? new TokenizerAlgorithm.Unigram(unknown, fallsBack) : new TokenizerAlgorithm.ScoredPairs(unknown, fallsBack),
            Tokens = [.. tokens.Select((text, id) => types[id] == TokenType.Unused && text == GgufTokenList.Padding(id) ? null : text)],
            Scores = [.. scores.Select(s => float.IsNaN(s) ? throw Wrong("scores", "no number", "numbers") : (double)s)],
            Types = [.. types],
            AddedTokens = Added(tokens, types),
            Normalizer = [normalizer],
            PostProcessor = PostProcessor(special, tokens, addsBegin: !isUnigram, addsEnd: isUnigram),
            Decoder = prefix ? decoder.Add(new DecoderStep.Strip(" ", 1, 0)) : decoder,
            SpecialTokens = special,
            StatedAdditions = Additions(),
            ChatTemplates = Templates(),
            PreTokenizerName = metadata.Get<string>(Key("pre")) ?? "default",
        };
    }

    private string[] Tokens()
    {
        string[] tokens = metadata.Get<string[]>(Key("tokens")) ?? throw Wrong("tokens", "missing or no list of texts", "a list of texts");
        var seen = new HashSet<string>(tokens.Length, StringComparer.Ordinal);
        for (int id = 0; id < tokens.Length; id++)
        {
            if (!seen.Add(tokens[id]))
            {
                throw Errors.TokenTwice(file, tokens[id], id, "stands there twice");
            }
        }

        return tokens;
    }

    private TokenType[] Types(int count)
    {
        if (!metadata.TryGet(Key("token_type"), out object? value))
        {
            return Enumerable.Repeat(TokenType.Normal, count).ToArray();
        }

        int[] types = value as int[] ?? (value is uint[] unsigned ? Array.ConvertAll(unsigned, u => (int)u) : throw Wrong("token_type", "no list of integers", "a list of int32"));
        return types.Length == count ? Array.ConvertAll(types, t => (TokenType)t) : throw Wrong("token_type", $"{types.Length} numbers", $"one for each of {count} tokens");
    }

    private ImmutableArray<Merge> Merges()
    {
        string[] merges = metadata.TryGet(Key("merges"), out object? value) ? value as string[] ?? throw Wrong("merges", $"a {value.GetType().Name}", "a list of texts") : [];
        var list = ImmutableArray.CreateBuilder<Merge>(merges.Length);
        foreach (string merge in merges)
        {
            // The first part has at least one letter, which may be a space where a tool wrote it as it is.
            int space = merge.Length < 2 ? -1 : merge.IndexOf(' ', 1);
            list.Add(space > 0 ? new Merge(merge[..space], merge[(space + 1)..]) : throw Wrong("merges", $"'{merge}'", "two tokens with a space between them"));
        }

        return list.MoveToImmutable();
    }

    /// <summary>Control and user-defined tokens are found in the text before anything is split; padding rows are no tokens.</summary>
    private static ImmutableArray<AddedToken> Added(string[] tokens, TokenType[] types)
    {
        var added = ImmutableArray.CreateBuilder<AddedToken>();
        for (int id = 0; id < tokens.Length; id++)
        {
            if (types[id] is TokenType.Control or TokenType.UserDefined or TokenType.Unknown || (types[id] == TokenType.Unused && tokens[id] != GgufTokenList.Padding(id)))
            {
                added.Add(new AddedToken(id, tokens[id], types[id] == TokenType.UserDefined ? AddedTokenRules.None : AddedTokenRules.Special));
            }
        }

        return added.ToImmutable();
    }

    private ImmutableArray<SpecialToken> SpecialTokens(int count)
    {
        var special = ImmutableArray.CreateBuilder<SpecialToken>();
        foreach ((string key, object _) in metadata)
        {
            foreach (SpecialTokenKind kind in Enum.GetValues<SpecialTokenKind>())
            {
                // Ids that are no row are left out, as llama.cpp does.
                if (key == GgufSpecialTokens.IdKey(kind) && GgufKeyReader.Token(metadata, key, file) is { } id && id < count)
                {
                    special.Add(new SpecialToken(kind, id, SpecialTokenSource.Tokenizer));
                }
            }
        }

        return special.ToImmutable();
    }

    private ImmutableArray<StatedAddition> Additions()
    {
        var additions = ImmutableArray.CreateBuilder<StatedAddition>();
        foreach (SpecialTokenKind kind in (SpecialTokenKind[])[SpecialTokenKind.Begin, SpecialTokenKind.End, SpecialTokenKind.Separator])
        {
            if (metadata.TryGet(GgufSpecialTokens.AdditionKey(kind), out object? value) && value is bool isAdded)
            {
                additions.Add(new StatedAddition(kind, isAdded));
            }
        }

        return additions.ToImmutable();
    }

    private ImmutableArray<PostProcessorStep> PostProcessor(ImmutableArray<SpecialToken> special, string[] tokens, bool addsBegin, bool addsEnd)
    {
        var pieces = ImmutableArray.CreateBuilder<TemplatePiece>();
        Add(SpecialTokenKind.Begin, addsBegin);
        pieces.Add(new TemplatePiece("A", [], 0));
        Add(SpecialTokenKind.End, addsEnd);
        return pieces.Count == 1 ? [new PostProcessorStep.ByteLevel(AddPrefixSpace: true, TrimOffsets: false)] : [new PostProcessorStep.Template(pieces.ToImmutable(), [])];

        void Add(SpecialTokenKind kind, bool otherwise)
        {
            bool isAdded = metadata.TryGet(GgufSpecialTokens.AdditionKey(kind), out object? value) && value is bool stated ? stated : otherwise;
            foreach (SpecialToken token in special.Where(t => t.Kind == kind && isAdded))
            {
                pieces.Add(new TemplatePiece(tokens[token.Id], [token.Id], 0));
            }
        }
    }

    private ImmutableArray<ChatTemplateText> Templates()
    {
        var templates = ImmutableArray.CreateBuilder<ChatTemplateText>();
        foreach ((string key, object value) in metadata)
        {
            if (value is string text && (key == "tokenizer.chat_template" || key.StartsWith(TemplatePrefix, StringComparison.Ordinal)))
            {
                templates.Add(new ChatTemplateText(key.Length < TemplatePrefix.Length ? "default" : key[TemplatePrefix.Length..], text));
            }
        }

        return templates.ToImmutable();
    }

    private static string Key(string name) => GgufTokenizerTables.Prefix + name;

    private CheckpointException Wrong(string key, string found, string needed) => Errors.GgufTokenizerWrong(file, Key(key), found, needed);
}
