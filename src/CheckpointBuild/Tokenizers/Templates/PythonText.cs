using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>Strings as Python has them: counted and cut by code points, with Python's idea of white space and letter case.</summary>
internal static class PythonText
{
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\n\r\v\f\u001C\u001D\u001E\u0085\u2028\u2029");

    /// <summary>Whether a character is white space to Python, which counts U+001C to U+001F too.</summary>
    /// <param name="c">The character.</param>
    /// <returns>True when it is.</returns>
    internal static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';

    /// <summary>Cuts white space off the start.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The rest.</returns>
    internal static ReadOnlySpan<char> TrimStart(ReadOnlySpan<char> text)
    {
        while (text is [char c, ..] && IsSpace(c))
        {
            text = text[1..];
        }

        return text;
    }

    /// <summary>Cuts white space off the end.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The rest.</returns>
    internal static ReadOnlySpan<char> TrimEnd(ReadOnlySpan<char> text)
    {
        while (text is [.., char c] && IsSpace(c))
        {
            text = text[..^1];
        }

        return text;
    }

    /// <summary>Cuts characters off both ends, as <c>strip</c> does.</summary>
    /// <param name="text">The text.</param>
    /// <param name="characters">The characters, or null for white space.</param>
    /// <param name="atStart">Whether the start is cut.</param>
    /// <param name="atEnd">Whether the end is cut.</param>
    /// <returns>The rest.</returns>
    internal static string Strip(string text, string? characters, bool atStart, bool atEnd)
    {
        ReadOnlySpan<char> rest = text;
        if (characters is null)
        {
            rest = atStart ? TrimStart(rest) : rest;
            return (atEnd ? TrimEnd(rest) : rest).ToString();
        }

        rest = atStart ? rest.TrimStart(characters) : rest;
        return (atEnd && characters.Length > 0 ? rest.TrimEnd(characters) : rest).ToString();
    }

    /// <summary>How many code points a text has.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The count.</returns>
    internal static int Length(string text)
    {
        int pairs = 0;
        for (int i = 0; i + 1 < text.Length; i++)
        {
            pairs += char.IsSurrogatePair(text[i], text[i + 1]) ? 1 : 0;
        }

        return text.Length - pairs;
    }

    /// <summary>A text's code points as texts.</summary>
    /// <param name="text">The text.</param>
    /// <returns>They, in order.</returns>
    internal static IEnumerable<object?> Characters(string text)
    {
        for (int i = 0; i < text.Length;)
        {
            int length = char.IsSurrogatePair(text, i) ? 2 : 1;
            yield return text.Substring(i, length);
            i += length;
        }
    }

    /// <summary>Compares by code points.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    /// <returns>Below, at or above zero.</returns>
    internal static int Compare(string left, string right)
    {
        int common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        // Surrogates stand for code points above all others, but are numbered below U+E000.
        return Order(left[common]).CompareTo(Order(right[common]));

        static int Order(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
    }

    /// <summary>Capital letters; a few letters become two.</summary>
    /// <param name="text">The text.</param>
    /// <returns>It in capitals.</returns>
    internal static string Upper(string text)
    {
        var output = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            output.Append(rune.Value switch
            {
                0xDF => "SS",
                0x149 => "\u02BCN",
                0x1F0 => "J\u030C",
                0x587 => "\u0535\u0552",
                0xFB00 => "FF",
                0xFB01 => "FI",
                0xFB02 => "FL",
                0xFB03 => "FFI",
                0xFB04 => "FFL",
                0xFB05 or 0xFB06 => "ST",
                _ => Rune.ToUpperInvariant(rune).ToString(),
            });
        }

        return output.ToString();
    }

    /// <summary>Small letters; a sigma at the end of a word has its own form.</summary>
    /// <param name="text">The text.</param>
    /// <returns>It in small letters.</returns>
    internal static string Lower(string text)
    {
        var output = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(i), out Rune rune, out int length);
            output.Append(rune.Value switch
            {
                0x130 => "i\u0307",
                0x3A3 => EndsWord(text, i) ? "\u03C2" : "\u03C3",
                _ => Rune.ToLowerInvariant(rune).ToString(),
            });
            i += length;
        }

        return output.ToString();
    }

    /// <summary>A capital letter, then small ones.</summary>
    /// <param name="text">The text.</param>
    /// <returns>It so.</returns>
    internal static string Capitalize(string text)
    {
        if (text.Length == 0)
        {
            return text;
        }

        int length = char.IsSurrogatePair(text, 0) ? 2 : 1;
        string first = text[..length];
        return (first is "\u00DF" ? "Ss" : Upper(first)) + Lower(text[length..]);
    }

    /// <summary>A capital letter at the start of every run of letters.</summary>
    /// <param name="text">The text.</param>
    /// <param name="begins">Whether a letter behind this character begins a word.</param>
    /// <returns>It so.</returns>
    internal static string Title(string text, Func<char, bool> begins)
    {
        var output = new StringBuilder(text.Length);
        char before = ' ';
        foreach (char c in text)
        {
            output.Append(begins(before) ? Upper(c.ToString()) : Lower(c.ToString()));
            before = c;
        }

        return output.ToString();
    }

    /// <summary>Writes a string as <c>repr</c> does.</summary>
    /// <param name="text">The string.</param>
    /// <returns>It in quotes, single ones where possible.</returns>
    internal static string Quote(string text)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var output = new StringBuilder(text.Length + 2).Append(quote);
        foreach (Rune rune in text.EnumerateRunes())
        {
            output.Append(rune.Value switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when rune.Value == quote => $"\\{quote}",
                _ when IsPrintable(rune) => rune.ToString(),
                < 0x100 => string.Create(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                < 0x10000 => string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                _ => string.Create(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
            });
        }

        return output.Append(quote).ToString();
    }

    /// <summary>Splits at runs of white space, as <c>split</c> without a separator does.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">At most so many splits; -1 for any number.</param>
    /// <returns>The parts.</returns>
    internal static List<object?> SplitAtSpace(string text, int most)
    {
        var parts = new List<object?>();
        ReadOnlySpan<char> rest = TrimStart(text);
        while (!rest.IsEmpty)
        {
            int end = 0;
            while (end < rest.Length && !IsSpace(rest[end]))
            {
                end++;
            }

            if (most >= 0 && parts.Count == most)
            {
                parts.Add(rest.ToString());
                break;
            }

            parts.Add(rest[..end].ToString());
            rest = TrimStart(rest[end..]);
        }

        return parts;
    }

    /// <summary>Splits at the ends of lines, as <c>splitlines</c> does.</summary>
    /// <param name="text">The text.</param>
    /// <param name="keepsEnds">Whether the ends stay.</param>
    /// <returns>The lines.</returns>
    internal static List<object?> SplitLines(string text, bool keepsEnds)
    {
        var lines = new List<object?>();
        for (int start = 0; start < text.Length;)
        {
            int end = text.AsSpan(start).IndexOfAny(LineEnds) is >= 0 and int found ? start + found : text.Length;
            int next = Math.Min(text.Length, end + (text.AsSpan(end).StartsWith("\r\n", StringComparison.Ordinal) ? 2 : 1));
            lines.Add(text[start..(keepsEnds ? next : end)]);
            start = next;
        }

        return lines;
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    private static bool EndsWord(string text, int at)
    {
        int before = at - 1;
        while (before >= 0 && IsIgnored(text[before]))
        {
            before--;
        }

        int after = at + 1;
        while (after < text.Length && IsIgnored(text[after]))
        {
            after++;
        }

        return before >= 0 && char.IsLetter(text[before]) && (after >= text.Length || !char.IsLetter(text[after]));

        static bool IsIgnored(char c) => c is '\'' or '.' or ':' or '\u2019' || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.Format;
    }
}
