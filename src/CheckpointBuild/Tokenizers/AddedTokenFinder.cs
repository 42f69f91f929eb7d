using System;
using System.Buffers;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Tokenizers.Merging;

namespace CheckpointBuild.Tokenizers;

/// <summary>Finds added tokens in a text: the leftmost first, the longest of those that begin at one place.</summary>
internal sealed class AddedTokenFinder
{
    private readonly SearchValues<string>? _search;
    private readonly AddedToken[] _tokens;
    private readonly PieceTrie _trie;

    /// <summary>Prepares the search.</summary>
    /// <param name="tokens">The tokens, with the text that each is found by; empty texts are never found, of equal ones the last is.</param>
    internal AddedTokenFinder(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        (string Text, AddedToken Token)[] found = [.. tokens.Where(t => t.Text.Length > 0)];
        _tokens = Array.ConvertAll(found, t => t.Token);
        _trie = new PieceTrie(checked((int)found.Sum(t => (long)t.Text.Length)));
        for (int i = 0; i < found.Length; i++)
        {
            _trie.Add(found[i].Text, i);
        }

        _search = found.Length == 0 ? null : SearchValues.Create([.. found.Select(t => t.Text).Distinct(StringComparer.Ordinal)], StringComparison.Ordinal);
    }

    /// <summary>Cuts a text at the tokens in it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">Whether special tokens are found.</param>
    /// <returns>The cuts, one after the other.</returns>
    internal AddedTokenCuts Cut(ReadOnlySpan<char> text, EncodeOptions options) => new(this, text, options);

    /// <summary>Finds the next token.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where the search begins.</param>
    /// <param name="budget">Steps that are left.</param>
    /// <param name="start">Where the token begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <returns>The token, or null where none is left.</returns>
    internal AddedToken? Find(ReadOnlySpan<char> text, int from, ref SearchBudget budget, out int start, out int end)
    {
        int found = _search is null ? -1 : text[from..].IndexOfAny(_search);
        if (found < 0)
        {
            (start, end) = (text.Length, text.Length);
            return null;
        }

        start = from + found;
        end = start + _trie.LongestAt(text[start..], ref budget, out int token);
        return _tokens[token];
    }
}
