using System;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>The <c>tokenizer.*</c> keys, in the order and types in which llama.cpp's converter writes them.</summary>
internal static class GgufTokenizerTables
{
    /// <summary>Prefix of most keys.</summary>
    internal const string Prefix = "tokenizer.ggml.";

    /// <summary>Writes a tokenizer.</summary>
    /// <param name="metadata">Receives the keys; one that is there already keeps its place and gets the new value.</param>
    /// <param name="model">The tokenizer.</param>
    /// <param name="target">What else they depend on.</param>
    /// <exception cref="CheckpointException">CKPT2111 where llama.cpp cannot split text like this tokenizer, CKPT2113 where it has more tokens than the embedding rows, CKPT2115 where llama.cpp has no such kind.</exception>
    internal static void Write(Metadata metadata, TokenizerModel model, GgufVocabularyTarget target)
    {
        // What the tokenizer's configuration states is written before anything else.
        if (model.StatedSpacePrefix is { } stated && GgufVendorTokens.LikeLlama.Contains(target.Architecture))
        {
            metadata.Set(GgufVendorTokens.SpacePrefix, stated);
        }

        if (target.PreTokenizer is { } demanded && TokenizerKind.Of(model) is not ByteLevelBpe)
        {
            throw Errors.UnknownOptionValue("pre-tokenizer", demanded, $"a tokenizer of the kind {TokenizerKind.Of(model).Name}", []);
        }

        if (TokenizerKind.Of(model) is ByteLevelBpe)
        {
            WriteByteLevel(metadata, model, target);
        }
        else if (model.SentencePiece?.IsUnigram ?? model.Algorithm is TokenizerAlgorithm.Unigram)
        {
            WriteUnigram(metadata, model, target);
        }
        else
        {
            WritePieces(metadata, model, target);
        }

        GgufSpecialTokens.Write(metadata, model, target.Architecture);
        WriteTemplates(metadata, model);
        GgufVendorTokens.Write(metadata, target);
        if (TokenizerKind.Of(model) is not ByteLevelBpe && !SpacePrefix.IsPut(model))
        {
            metadata.Set(GgufVendorTokens.SpacePrefix, false);
        }
    }

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="metadata">The file's keys.</param>
    /// <param name="file">The file, for messages.</param>
    /// <returns>The tokenizer, or null where the file has none.</returns>
    /// <exception cref="CheckpointException">CKPT2105, CKPT2112 or CKPT2114.</exception>
    internal static TokenizerModel? Read(Metadata metadata, string file) => new GgufTokenizerReader(metadata, file).Read();

    /// <summary>Refuses a tokenizer that is carried over and that llama.cpp would not load; one of a kind that is merely not known here is carried over.</summary>
    /// <param name="metadata">The file's keys.</param>
    /// <param name="checkpoint">The model that was read with them.</param>
    /// <exception cref="CheckpointException">CKPT2105 or CKPT2114 where the tokens, or a list beside them, are damaged.</exception>
    internal static void RefuseDamaged(Metadata metadata, Checkpoint checkpoint)
    {
        string? kind = metadata.Get<string>(Prefix + "model");
        if (metadata.Get<string[]>(Prefix + "tokens") is not { } tokens || kind is not ("gpt2" or "llama" or "t5") || (kind == "gpt2" && !GgufPreTokenizer.All.Any(p => p.Names.Contains(metadata.Get<string>(Prefix + "pre") ?? "default"))))
        {
            return;
        }

        if (checkpoint.TokenizerFault is not null)
        {
            _ = checkpoint.TokenizerOrThrow();
        }

        if (tokens.Length != checkpoint.Config.VocabularySize)
        {
            throw Errors.GgufTokenizerWrong(checkpoint.Name, Prefix + "tokens", $"{tokens.Length} tokens", $"one for each of the embedding's {checkpoint.Config.VocabularySize} rows");
        }
    }

    /// <summary>Gives a file's byte-level tokenizer another pre-tokenizer.</summary>
    /// <param name="metadata">The file's keys.</param>
    /// <param name="name">The name that the user demands.</param>
    /// <exception cref="CheckpointException">CKPT2112 where the name is not known, CKPT9001 where the file has no byte-level tokenizer.</exception>
    internal static void Rename(Metadata metadata, string name)
    {
        _ = GgufPreTokenizer.Named(name);
        string? kind = metadata.Get<string>(Prefix + "model");
        metadata.Set(Prefix + "pre", kind == "gpt2" ? name : throw Errors.UnknownOptionValue("pre-tokenizer", name, $"a tokenizer of the kind {kind ?? "none"}", []));
    }

    private static void WriteByteLevel(Metadata metadata, TokenizerModel model, GgufVocabularyTarget target)
    {
        string name = target.PreTokenizer is { } named ? GgufPreTokenizer.Named(named).Names.First(n => n == named) : model.PreTokenizerName ?? GgufPreTokenizer.NameOf(model, target.Architecture);
        GgufTokenList list = model.PreTokenizerName is null ? GgufTokenList.OfByteLevel(model, target.Rows) : GgufTokenList.AsRead(model, target.Rows);
        metadata
            .Set(Prefix + "model", "gpt2")
            .Set(Prefix + "pre", name)
            .Set(Prefix + "tokens", list.Tokens)
            .Set(Prefix + "token_type", list.Types);

        string[] merges = [.. ((TokenizerAlgorithm.BytePairs)model.Algorithm).Merges.Select(m => $"{Encoded(m.Left)} {Encoded(m.Right)}")];
        if (merges.Length > 0)
        {
            metadata.Set(Prefix + "merges", merges);
        }
    }

    private static void WritePieces(Metadata metadata, TokenizerModel model, GgufVocabularyTarget target)
    {
        GgufTokenList list = model switch
        {
            { PreTokenizerName: not null } => GgufTokenList.AsRead(model, target.Rows),
            { SentencePiece: not null } => GgufTokenList.OfPieces(model, target.Rows, keepsText: target.Architecture == "Phi3ForCausalLM"),
            { Algorithm: TokenizerAlgorithm.BytePairs { FallsBackToBytes: true } } => GgufTokenList.OfMerges(model, target.Rows),
            _ => throw Errors.NoGgufTokenizer(TokenizerKind.Of(model).Name),
        };
        WriteScored(metadata, "llama", list);
    }

    private static void WriteUnigram(Metadata metadata, TokenizerModel model, GgufVocabularyTarget target)
    {
        GgufTokenList list = model.PreTokenizerName is not null ? GgufTokenList.AsRead(model, target.Rows) : model.SentencePiece is not null ? GgufTokenList.OfPieces(model, target.Rows, keepsText: false) : GgufTokenList.OfScores(model, target.Rows);
        WriteScored(metadata, "t5", list);
        NormalizerStep.SentencePiece? own = model.SentencePiece?.Normalizer ?? model.Normalizer.OfType<NormalizerStep.SentencePiece>().FirstOrDefault();
        byte[] table = own is not null ? [.. own.Table] : [.. model.Normalizer.OfType<NormalizerStep.Charsmap>().SelectMany(c => c.Table)];
        metadata
            .Set(GgufVendorTokens.SpacePrefix, SpacePrefix.IsPut(model))
            .Set(Prefix + "remove_extra_whitespaces", own?.RemoveExtraWhitespaces ?? model.PreTokenizer.Any(s => s is PreTokenizerStep.WhitespaceSplit));
        if (table.Length > 0)
        {
            metadata.Set(Prefix + "precompiled_charsmap", table);
        }
    }

    private static void WriteScored(Metadata metadata, string kind, GgufTokenList list) => metadata
        .Set(Prefix + "model", kind)
        .Set(Prefix + "pre", "default")
        .Set(Prefix + "tokens", list.Tokens)
        .Set(Prefix + "scores", list.Scores)
        .Set(Prefix + "token_type", list.Types);

    /// <summary>A space inside a merge's part becomes its byte letter, since a space separates the parts.</summary>
    private static string Encoded(string part) => part.Replace(' ', '\u0120');

    private static void WriteTemplates(Metadata metadata, TokenizerModel model)
    {
        string[] named = [.. model.ChatTemplates.Select(t => KeyName(t.Name)).Where(n => n.Length > 0 && n != "default").Distinct()];
        foreach (ChatTemplateText template in model.ChatTemplates.Where(t => named.Contains(KeyName(t.Name))))
        {
            metadata.Set($"tokenizer.chat_template.{KeyName(template.Name)}", template.Text);
        }

        if (named.Length > 0)
        {
            metadata.Set("tokenizer.chat_templates", named);
        }

        if (model.ChatTemplates.LastOrDefault(t => t.Name == "default") is { } main)
        {
            metadata.Set("tokenizer.chat_template", main.Text);
        }
    }

    private static string KeyName(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
}
