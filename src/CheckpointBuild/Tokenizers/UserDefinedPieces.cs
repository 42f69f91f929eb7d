using System;
using CheckpointBuild.Tokenizers.Merging;

namespace CheckpointBuild.Tokenizers;

/// <summary>The pieces that a SentencePiece model finds whole, before anything else.</summary>
internal static class UserDefinedPieces
{
    /// <summary>Collects them.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <returns>A trie of them, or null where there are none.</returns>
    internal static PieceTrie? TrieOf(TokenizerModel model)
    {
        int units = 0;
        for (int id = 0; id < model.Types.Length; id++)
        {
            units = checked(units + (IsUserDefined(model, id) ? model.Tokens[id]!.Length : 0));
        }

        if (units == 0)
        {
            return null;
        }

        var trie = new PieceTrie(units);
        for (int id = 0; id < model.Types.Length; id++)
        {
            if (IsUserDefined(model, id))
            {
                trie.Add(model.Tokens[id]!, id);
            }
        }

        return trie;
    }

    /// <summary>Finds the longest that begins a text.</summary>
    /// <param name="trie">The trie, or null.</param>
    /// <param name="text">The text.</param>
    /// <param name="budget">Steps that are left.</param>
    /// <param name="id">The piece.</param>
    /// <returns>Its length; 0 where none begins the text.</returns>
    internal static int LengthAt(PieceTrie? trie, ReadOnlySpan<char> text, ref SearchBudget budget, out int id)
    {
        id = Vocabulary.None;
        return trie is null ? 0 : trie.LongestAt(text, ref budget, out id);
    }

    private static bool IsUserDefined(TokenizerModel model, int id) => model.Types[id] == TokenType.UserDefined && model.Tokens[id] is { Length: > 0 };
}
