using System;
using System.Text;
using CheckpointBuild.Tokenizers.Merging;

namespace CheckpointBuild.Tokenizers.Normalizing;

/// <summary>SentencePiece's own normalizer: the longest key of the replacement table wins, user-defined pieces stay as they are, white space is trimmed, joined, escaped and put before the text as the model says.</summary>
internal sealed class SentencePieceNormalizer
{
    private const char Mark = '\u2581';
    private readonly NormalizerStep.SentencePiece _step;
    private readonly CharacterMap _map;
    private readonly PieceTrie? _userDefined;

    /// <summary>Prepares the tables.</summary>
    /// <param name="step">What is done.</param>
    /// <param name="model">The tokenizer, for its user-defined pieces.</param>
    internal SentencePieceNormalizer(NormalizerStep.SentencePiece step, TokenizerModel model)
    {
        _step = step;
        _map = new CharacterMap(step.Table.AsSpan());
        _userDefined = UserDefinedPieces.TrieOf(model);
    }

    /// <summary>Normalizes a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">The most UTF-16 units that it may become.</param>
    /// <returns>The normalized text.</returns>
    /// <exception cref="Diagnostics.CheckpointException">CKPT2135 when it becomes longer, CKPT2137 when its pieces take too many steps to find.</exception>
    internal string Apply(string text, long most)
    {
        var budget = new SearchBudget(text.Length);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var output = new StringBuilder(text.Length + 1);
        bool trims = _step.RemoveExtraWhitespaces;
        int at = 0;
        int place = 0;
        ReadOnlySpan<char> part = Next(text, ref at, bytes, ref place, ref budget);
        while (trims && part is " ")
        {
            part = Next(text, ref at, bytes, ref place, ref budget);
        }

        // A text of spaces alone vanishes, dummy prefix and all.
        bool isOver = at == text.Length && part.IsEmpty && trims;
        if (_step.AddDummyPrefix && text.Length > 0 && !isOver)
        {
            output.Append(' ');
        }

        bool afterSpace = trims;
        while (!part.IsEmpty || at < text.Length)
        {
            while (afterSpace && part is [' ', ..])
            {
                part = part[1..];
            }

            output.Append(part);
            TextGrowth.Check(output.Length, most);
            afterSpace = trims && (part.IsEmpty ? afterSpace : part[^1] == ' ');
            part = Next(text, ref at, bytes, ref place, ref budget);
        }

        if (_step.EscapeWhitespaces)
        {
            output.Replace(' ', Mark);
        }

        while (trims && output.Length > 0 && output[^1] == (_step.EscapeWhitespaces ? Mark : ' '))
        {
            output.Length--;
        }

        return output.ToString();
    }

    /// <summary>Takes the next part of the text and gives what it becomes; empty at the end.</summary>
    private ReadOnlySpan<char> Next(string text, ref int at, byte[] bytes, ref int place, ref SearchBudget budget)
    {
        if (at == text.Length)
        {
            return [];
        }

        int start = at;
        int own = UserDefinedPieces.LengthAt(_userDefined, text.AsSpan(at), ref budget, out _);
        string? replacement = own > 0 ? null : _map.Find(bytes.AsSpan(place), out int length, longest: true) is { } found ? Advance(ref at, bytes, ref place, length, found) : null;
        if (replacement is not null)
        {
            return replacement;
        }

        at += own > 0 ? own : char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
        ReadOnlySpan<char> part = text.AsSpan(start, at - start);
        place += Encoding.UTF8.GetByteCount(part);
        return part;
    }

    private static string Advance(ref int at, byte[] bytes, ref int place, int length, string replacement)
    {
        at += Encoding.UTF8.GetCharCount(bytes, place, length);
        place += length;
        return replacement;
    }
}
