using System;
using System.Buffers;
using System.Collections.Generic;

namespace CheckpointBuild.Tokenizers;

/// <summary>Finds added tokens in a text: the leftmost first, the longest of those that begin at one place.</summary>
internal sealed class AddedTokenFinder
{
    private readonly SearchValues<string>? _search;
    private readonly Dictionary<string, AddedToken> _tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AddedToken>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly int[] _lengths;

    /// <summary>Prepares the search.</summary>
    /// <param name="tokens">The tokens, with the text that each is found by; empty texts are never found, of equal ones the last is.</param>
    internal AddedTokenFinder(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        var lengths = new SortedSet<int>();
        foreach ((string text, AddedToken token) in tokens)
        {
            if (text.Length > 0)
            {
                _tokens[text] = token;
                lengths.Add(text.Length);
            }
        }

        _lengths = [.. lengths.Reverse()];
        _bySpan = _tokens.GetAlternateLookup<ReadOnlySpan<char>>();
        _search = _tokens.Count == 0 ? null : SearchValues.Create([.. _tokens.Keys], StringComparison.Ordinal);
    }

    /// <summary>Cuts a text at the tokens in it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">Whether special tokens are found.</param>
    /// <returns>The cuts, one after the other.</returns>
    internal AddedTokenCuts Cut(ReadOnlySpan<char> text, EncodeOptions options) => new(this, text, options);

    /// <summary>Finds the next token.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where the search begins.</param>
    /// <param name="start">Where the token begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <returns>The token, or null where none is left.</returns>
    internal AddedToken? Find(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        int found = _search is null ? -1 : text[from..].IndexOfAny(_search);
        if (found < 0)
        {
            (start, end) = (text.Length, text.Length);
            return null;
        }

        start = from + found;
        AddedToken token = LongestAt(text, start, out int length);
        end = start + length;
        return token;
    }

    private AddedToken LongestAt(ReadOnlySpan<char> text, int start, out int length)
    {
        foreach (int candidate in _lengths)
        {
            if (start + candidate <= text.Length && _bySpan.TryGetValue(text.Slice(start, candidate), out AddedToken? token))
            {
                length = candidate;
                return token;
            }
        }

        throw new InvalidOperationException("the search found what is no token");
    }
}
