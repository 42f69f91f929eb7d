using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using CheckpointBuild.Tokenizers.Patterns;

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

    /// <summary>Whether there is nothing to find.</summary>
    internal bool IsEmpty => _search is null;

    /// <summary>Finds the next token.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where the text that is not taken yet begins; where the returned token ends afterwards.</param>
    /// <param name="options">Whether special tokens are found.</param>
    /// <returns>The token and where it begins, white space that it swallows included; null where none is left.</returns>
    internal (AddedToken Token, int Start)? Find(ReadOnlySpan<char> text, ref int from, EncodeOptions options)
    {
        for (int at = from; _search is not null && at < text.Length;)
        {
            int found = text[at..].IndexOfAny(_search);
            if (found < 0)
            {
                return null;
            }

            int start = at + found;
            AddedToken token = LongestAt(text, start, out int length);
            int end = start + length;

            // What is passed over is not searched again: a shorter token inside is not found either.
            at = end;
            if ((token.IsSpecial && (options & EncodeOptions.ParseSpecialTokens) == 0) || ((token.Rules & AddedTokenRules.SingleWord) != 0 && !StandsAlone(text, start, end)))
            {
                continue;
            }

            if ((token.Rules & AddedTokenRules.StripLeft) != 0)
            {
                start = Math.Max(from, text[..start].TrimEnd().Length);
            }

            if ((token.Rules & AddedTokenRules.StripRight) != 0)
            {
                end = text.Length - text[end..].TrimStart().Length;
            }

            from = end;
            return (token, start);
        }

        return null;
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

    private static bool StandsAlone(ReadOnlySpan<char> text, int start, int end)
    {
        bool joinsLeft = Rune.DecodeLastFromUtf16(text[..start], out Rune before, out _) == OperationStatus.Done && UnicodeSets.Word.Contains(before.Value);
        bool joinsRight = Rune.DecodeFromUtf16(text[end..], out Rune after, out _) == OperationStatus.Done && UnicodeSets.Word.Contains(after.Value);
        return !joinsLeft && !joinsRight;
    }
}
