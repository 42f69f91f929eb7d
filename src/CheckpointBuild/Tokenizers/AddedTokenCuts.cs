using System;
using System.Buffers;
using System.Text;
using CheckpointBuild.Tokenizers.Merging;
using CheckpointBuild.Tokenizers.Patterns;

namespace CheckpointBuild.Tokenizers;

/// <summary>Goes through a text from one added token to the next: the parts are tokens, and what lies between them.</summary>
internal ref struct AddedTokenCuts
{
    private readonly AddedTokenFinder _finder;
    private readonly ReadOnlySpan<char> _text;
    private readonly EncodeOptions _options;
    private AddedToken? _waiting;
    private int _waitingEnd;
    private int _searched;
    private int _whiteEnd;
    private SearchBudget _budget;

    /// <summary>Begins at the start of the text.</summary>
    /// <param name="finder">Finds the tokens.</param>
    /// <param name="text">The text.</param>
    /// <param name="options">Whether special tokens are found.</param>
    internal AddedTokenCuts(AddedTokenFinder finder, ReadOnlySpan<char> text, EncodeOptions options)
    {
        _finder = finder;
        _text = text;
        _options = options;
        _budget = new SearchBudget(text.Length);
    }

    /// <summary>The token that the part is, or null where it is text between tokens.</summary>
    internal AddedToken? Token { get; private set; }

    /// <summary>Where the part begins.</summary>
    internal int Start { get; private set; }

    /// <summary>Where the part ends.</summary>
    internal int End { get; private set; }

    /// <summary>The part's text.</summary>
    internal readonly ReadOnlySpan<char> Text => _text[Start..End];

    /// <summary>Goes to the next part.</summary>
    /// <returns>False at the end of the text.</returns>
    internal bool MoveNext()
    {
        if (_waiting is not null)
        {
            (Token, Start, End, _waiting) = (_waiting, End, _waitingEnd, null);
            return true;
        }

        int from = End;
        AddedToken? token = FindNext(from, out int start, out int end);
        if (token is null)
        {
            (Token, Start, End) = (null, from, _text.Length);
            return from < _text.Length;
        }

        if (start <= from)
        {
            // White space that the token before swallowed may begin a token of its own: it counts again, as in the reference.
            (Token, Start, End) = (token, from, end);
            return true;
        }

        (Token, Start, End, _waiting, _waitingEnd) = (null, from, start, token, end);
        return true;
    }

    private AddedToken? FindNext(int from, out int start, out int end)
    {
        while (_finder.Find(_text, _searched, ref _budget, out start, out end) is { } token)
        {
            // What is passed over is not searched again: a shorter token inside is not found either.
            _searched = end;
            if ((token.IsSpecial && (_options & EncodeOptions.ParseSpecialTokens) == 0) || ((token.Rules & AddedTokenRules.SingleWord) != 0 && !StandsAlone(start, end)))
            {
                continue;
            }

            if ((token.Rules & AddedTokenRules.StripLeft) != 0)
            {
                start = start <= from ? from : from + _text[from..start].TrimEnd().Length;
            }

            if ((token.Rules & AddedTokenRules.StripRight) != 0)
            {
                // White space that was gone through already is not gone through again.
                _whiteEnd = end < _whiteEnd ? _whiteEnd : _text.Length - _text[end..].TrimStart().Length;
                end = _whiteEnd;
            }

            return token;
        }

        (start, end) = (_text.Length, _text.Length);
        return null;
    }

    private readonly bool StandsAlone(int start, int end)
    {
        bool joinsLeft = Rune.DecodeLastFromUtf16(_text[..start], out Rune before, out _) == OperationStatus.Done && UnicodeSets.AlphabeticWord.Contains(before.Value);
        bool joinsRight = Rune.DecodeFromUtf16(_text[end..], out Rune after, out _) == OperationStatus.Done && UnicodeSets.AlphabeticWord.Contains(after.Value);
        return !joinsLeft && !joinsRight;
    }
}
