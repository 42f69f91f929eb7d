using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>The token list of a GGUF file: as many tokens as the embedding has rows.</summary>
internal sealed class GgufTokenList
{
    /// <summary>The score of a row that has no token.</summary>
    private const float PaddingScore = -10000;

    /// <summary>The score of an added token.</summary>
    private const float AddedScore = -1000;

    // Added tokens that some vendors forgot to mark as special; llama.cpp's converter marks them.
    private static readonly string[] SpecialByName = ["<pad>", "<mask>", "<2mass>", "[@BOS@]"];

    private GgufTokenList(TokenizerModel model, int rows)
    {
        if (model.VocabularySize > rows)
        {
            string first = model.AddedTokens.FirstOrDefault(t => t.Id >= rows)?.Content ?? model.Tokens.Skip(rows).OfType<string>().FirstOrDefault() ?? "";
            throw Errors.TokensBeyondEmbedding(model.VocabularySize, rows, first);
        }

        Tokens = new string[rows];
        Scores = new float[rows];
        Types = new int[rows];
        for (int id = 0; id < rows; id++)
        {
            Set(id, Padding(id), PaddingScore, TokenType.Unused);
        }
    }

    /// <summary>The texts by row.</summary>
    internal string[] Tokens { get; }

    /// <summary>The scores by row; byte-level vocabularies have none that mean anything.</summary>
    internal float[] Scores { get; }

    /// <summary>The types by row, as <see cref="TokenType"/> numbers them.</summary>
    internal int[] Types { get; }

    /// <summary>Lists the tokens of a byte-level tokenizer.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <param name="rows">Rows of the embedding.</param>
    /// <returns>The list.</returns>
    /// <exception cref="CheckpointException">CKPT2113 where there are more tokens than rows.</exception>
    internal static GgufTokenList OfByteLevel(TokenizerModel model, int rows)
    {
        var list = new GgufTokenList(model, rows);
        list.SetTokens(model, _ => 0, _ => TokenType.Normal);
        var tokenizer = Tokenizer.Create(model);
        foreach (AddedToken token in model.AddedTokens)
        {
            string text = WrittenOut(token, tokenizer);
            bool isSpecial = token.IsSpecial || LooksSpecial(text);
            list.Set(token.Id, isSpecial ? text : text.Replace('\u2581', ' '), 0, isSpecial ? TokenType.Control : TokenType.UserDefined);
        }

        return list;
    }

    /// <summary>Lists the pieces of a SentencePiece model and the tokens that were added to it.</summary>
    /// <param name="model">A tokenizer with such a model.</param>
    /// <param name="rows">Rows of the embedding.</param>
    /// <param name="keepsText">Whether added tokens keep their marks of spaces and count as special only where their file says so, as the converter has it for Phi-3.</param>
    /// <returns>The list.</returns>
    /// <exception cref="CheckpointException">CKPT2113 where there are more tokens than rows.</exception>
    internal static GgufTokenList OfPieces(TokenizerModel model, int rows, bool keepsText)
    {
        var list = new GgufTokenList(model, rows);
        for (int id = 0; id < model.SentencePiece!.Pieces.Length; id++)
        {
            // llama.cpp's converter makes ordinary pieces of user-defined ones that are no added tokens, and its runtime then splits them; they stay what they are here.
            SentencePiece piece = model.SentencePiece.Pieces[id];
            list.Set(id, piece.Type == TokenType.UserDefined ? piece.Text.Replace('\u2581', ' ') : piece.Text, piece.Score, piece.Type);
        }

        list.SetAdded(model, keepsText);
        return list;
    }

    /// <summary>Lists the tokens of byte pairs over characters, whose merges become scores: the lowest rank of a merge that gives the token, negated, so that joining by score follows the ranks.</summary>
    /// <param name="model">A tokenizer with byte fallback.</param>
    /// <param name="rows">Rows of the embedding.</param>
    /// <returns>The list.</returns>
    /// <exception cref="CheckpointException">CKPT2113 where there are more tokens than rows.</exception>
    internal static GgufTokenList OfMerges(TokenizerModel model, int rows)
    {
        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (Merge merge in ((TokenizerAlgorithm.BytePairs)model.Algorithm).Merges)
        {
            ranks.TryAdd(merge.Left + merge.Right, ranks.Count);
        }

        var list = new GgufTokenList(model, rows);
        list.SetTokens(model, text => ranks.TryGetValue(text, out int rank) ? -rank : 0, text => ByteTokens.TryRead(text, out _) ? TokenType.Byte : TokenType.Normal);
        list.SetAdded(model, keepsText: false);
        return list;
    }

    /// <summary>Lists the tokens of a unigram tokenizer that has no SentencePiece model beside it.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <param name="rows">Rows of the embedding.</param>
    /// <returns>The list.</returns>
    /// <exception cref="CheckpointException">CKPT2113 where there are more tokens than rows.</exception>
    internal static GgufTokenList OfScores(TokenizerModel model, int rows)
    {
        var list = new GgufTokenList(model, rows);
        int? unknown = ((TokenizerAlgorithm.Unigram)model.Algorithm).UnknownId;
        for (int id = 0; id < model.Tokens.Length; id++)
        {
            string text = model.Tokens[id] ?? Padding(id);
            TokenType type = id == unknown ? TokenType.Unknown : model.Types.IsEmpty ? ByteTokens.TryRead(text, out _) ? TokenType.Byte : TokenType.Normal : model.Types[id];
            list.Set(id, text, (float)model.Scores[id], type);
        }

        list.SetAdded(model, keepsText: false);
        return list;
    }

    /// <summary>Carries a list over that came from such a file.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <param name="rows">Rows of the embedding.</param>
    /// <returns>The list.</returns>
    /// <exception cref="CheckpointException">CKPT2113 where there are more tokens than rows.</exception>
    internal static GgufTokenList AsRead(TokenizerModel model, int rows)
    {
        var list = new GgufTokenList(model, rows);
        for (int id = 0; id < model.Tokens.Length; id++)
        {
            list.Set(id, model.Tokens[id] ?? Padding(id), model.Scores.IsEmpty ? 0 : (float)model.Scores[id], model.Types[id]);
        }

        foreach (AddedToken token in model.AddedTokens)
        {
            list.Tokens[token.Id] = token.Content;
        }

        return list;
    }

    /// <summary>What stands at a row that has no token.</summary>
    /// <param name="id">The row.</param>
    /// <returns>A text that is unique.</returns>
    internal static string Padding(int id) => string.Create(CultureInfo.InvariantCulture, $"[PAD{id}]");

    private static bool LooksSpecial(string text) =>
        SpecialByName.Contains(text, StringComparer.Ordinal) || Stands(text, "<|", "|>") || Stands(text, "<\uFF5C", "\uFF5C>") || Stands(text, "<unused", ">");

    private static bool Stands(string text, string start, string end) => text.StartsWith(start, StringComparison.Ordinal) && text.EndsWith(end, StringComparison.Ordinal);

    /// <summary>llama.cpp finds added tokens in the text as it is, so one that is written in byte letters or with marks of spaces is written out.</summary>
    private static string WrittenOut(AddedToken token, Tokenizer tokenizer)
    {
        if (token.IsNormalized)
        {
            return token.Content;
        }

        string decoded = tokenizer.Decode(tokenizer.Encode(token.Content, EncodeOptions.ParseSpecialTokens));
        return decoded.Contains('\uFFFD', StringComparison.Ordinal) ? token.Content : decoded;
    }

    private void SetTokens(TokenizerModel model, Func<string, float> score, Func<string, TokenType> type)
    {
        for (int id = 0; id < model.Tokens.Length; id++)
        {
            if (model.Tokens[id] is { } text)
            {
                Set(id, text, score(text), type(text));
            }
        }
    }

    private void SetAdded(TokenizerModel model, bool keepsText)
    {
        foreach (AddedToken token in model.AddedTokens.Where(t => (t.Rules & AddedTokenRules.Implied) == 0))
        {
            bool isSpecial = token.IsSpecial || (!keepsText && LooksSpecial(token.Content));
            Set(token.Id, isSpecial || keepsText ? token.Content : token.Content.Replace('\u2581', ' '), AddedScore, isSpecial ? TokenType.Control : TokenType.UserDefined);
        }
    }

    private void Set(int id, string text, float score, TokenType type) => (Tokens[id], Scores[id], Types[id]) = (text, score, (int)type);
}
