using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>The token list of a GGUF file: as many tokens as the embedding has rows.</summary>
internal static class GgufTokenList
{
    // Added tokens that some vendors forgot to mark as special; llama.cpp's converter marks them.
    private static readonly string[] SpecialByName = ["<pad>", "<mask>", "<2mass>", "[@BOS@]"];

    /// <summary>Lists the tokens of a byte-level tokenizer.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <param name="rows">Rows of the embedding.</param>
    /// <returns>Texts and types.</returns>
    /// <exception cref="CheckpointException">CKPT2113 where there are more tokens than rows.</exception>
    internal static (string[] Tokens, int[] Types) OfByteLevel(TokenizerModel model, int rows)
    {
        CheckRows(model, rows);
        var tokenizer = Tokenizer.Create(model);
        Dictionary<int, AddedToken> added = model.AddedTokens.GroupBy(t => t.Id).ToDictionary(g => g.Key, g => g.Last());
        var tokens = new string[rows];
        var types = new int[rows];
        for (int id = 0; id < rows; id++)
        {
            (tokens[id], TokenType type) = added.TryGetValue(id, out AddedToken? token)
                ? OfAdded(token, tokenizer)
                : tokenizer.TokenText(id) is { } text ? (text, TokenType.Normal) : (Padding(id), TokenType.Unused);
            types[id] = (int)type;
        }

        return (tokens, types);
    }

    /// <summary>What stands at a row that has no token.</summary>
    /// <param name="id">The row.</param>
    /// <returns>A text that is unique.</returns>
    internal static string Padding(int id) => string.Create(CultureInfo.InvariantCulture, $"[PAD{id}]");

    /// <summary>Whether a token is special although its file does not say so.</summary>
    /// <param name="text">Its text.</param>
    /// <returns>True when it looks like one.</returns>
    internal static bool LooksSpecial(string text) =>
        SpecialByName.Contains(text, StringComparer.Ordinal) || Stands(text, "<|", "|>") || Stands(text, "<\uFF5C", "\uFF5C>") || Stands(text, "<unused", ">");

    private static bool Stands(string text, string start, string end) => text.StartsWith(start, StringComparison.Ordinal) && text.EndsWith(end, StringComparison.Ordinal);

    /// <summary>llama.cpp finds added tokens in the text as it is, so one that is written in byte letters or with marks of spaces is written out.</summary>
    private static (string Text, TokenType Type) OfAdded(AddedToken token, Tokenizer tokenizer)
    {
        string text = token.Content;
        if (!token.IsNormalized && tokenizer.Decode(tokenizer.Encode(text, EncodeOptions.ParseSpecialTokens)) is var decoded && !decoded.Contains('\uFFFD', StringComparison.Ordinal))
        {
            text = decoded;
        }

        return token.IsSpecial || LooksSpecial(text) ? (text, TokenType.Control) : (text.Replace('\u2581', ' '), TokenType.UserDefined);
    }

    private static void CheckRows(TokenizerModel model, int rows)
    {
        if (model.VocabularySize > rows)
        {
            string first = model.AddedTokens.FirstOrDefault(t => t.Id >= rows)?.Content ?? model.Tokens.Skip(rows).OfType<string>().FirstOrDefault() ?? "";
            throw Errors.TokensBeyondEmbedding(model.VocabularySize, rows, first);
        }
    }
}
