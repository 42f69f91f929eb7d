using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>The methods of strings.</summary>
internal static class StringMethods
{
    private static readonly Dictionary<string, Func<string, TemplateArguments, TemplateBudget, object?>> Methods = new(StringComparer.Ordinal)
    {
        ["strip"] = (s, a, _) => PythonText.Strip(s, a.Get(0, "chars", null) as string, atStart: true, atEnd: true),
        ["lstrip"] = (s, a, _) => PythonText.Strip(s, a.Get(0, "chars", null) as string, atStart: true, atEnd: false),
        ["rstrip"] = (s, a, _) => PythonText.Strip(s, a.Get(0, "chars", null) as string, atStart: false, atEnd: true),
        ["split"] = (s, a, _) => Split(s, a, fromEnd: false),
        ["rsplit"] = (s, a, _) => Split(s, a, fromEnd: true),
        ["splitlines"] = (s, a, _) => PythonText.SplitLines(s, a.Flag(0, "keepends")),
        ["startswith"] = (s, a, _) => Any(a.Get(0, "prefix", null), p => s.StartsWith(p, StringComparison.Ordinal)),
        ["endswith"] = (s, a, _) => Any(a.Get(0, "suffix", null), p => s.EndsWith(p, StringComparison.Ordinal)),
        ["removeprefix"] = (s, a, _) => s.StartsWith(a.Text(0, "prefix"), StringComparison.Ordinal) ? s[a.Text(0, "prefix").Length..] : s,
        ["removesuffix"] = (s, a, _) => s.EndsWith(a.Text(0, "suffix"), StringComparison.Ordinal) ? s[..^a.Text(0, "suffix").Length] : s,
        ["upper"] = (s, _, _) => PythonText.Upper(s),
        ["lower"] = (s, _, _) => PythonText.Lower(s),
        ["casefold"] = (s, _, _) => PythonText.Lower(s).Replace("\u00DF", "ss", StringComparison.Ordinal),
        ["capitalize"] = (s, _, _) => PythonText.Capitalize(s),
        ["title"] = (s, _, _) => PythonText.Title(s, before => !char.IsLetter(before)),
        ["swapcase"] = (s, _, _) => string.Concat(s.Select(c => char.IsUpper(c) ? PythonText.Lower(c.ToString()) : PythonText.Upper(c.ToString()))),
        ["replace"] = (s, a, b) => Replace(s, a.Text(0, "old"), a.Text(1, "new"), a.Integer(2, "count", -1), b),
        ["find"] = (s, a, _) => (long)Find(s, a.Text(0, "sub"), fromEnd: false),
        ["rfind"] = (s, a, _) => (long)Find(s, a.Text(0, "sub"), fromEnd: true),
        ["index"] = (s, a, _) => Find(s, a.Text(0, "sub"), fromEnd: false) is >= 0 and int at ? (long)at : throw new TemplateFailureException("substring not found"),
        ["count"] = (s, a, _) => (long)Count(s, a.Text(0, "sub")),
        ["join"] = (s, a, b) => Join(s, PythonValue.Items(a.Get(0, "iterable", null)).Select(i => i as string ?? throw new TemplateFailureException($"join expects strings, found {PythonValue.TypeName(i)}")), b),
        ["format"] = (s, a, _) => PythonFormat.Braces(s, a),
        ["partition"] = (s, a, _) => Partition(s, a.Text(0, "sep"), fromEnd: false),
        ["rpartition"] = (s, a, _) => Partition(s, a.Text(0, "sep"), fromEnd: true),
        ["ljust"] = (s, a, _) => PythonFormat.Align(s, a.Integer(0, "width"), a.Text(1, "fillchar", " ")[0], '<'),
        ["rjust"] = (s, a, _) => PythonFormat.Align(s, a.Integer(0, "width"), a.Text(1, "fillchar", " ")[0], '>'),
        ["center"] = (s, a, _) => PythonFormat.Center(s, a.Integer(0, "width"), a.Text(1, "fillchar", " ")[0]),
        ["zfill"] = (s, a, _) => s is ['-' or '+', ..] ? s[0] + PythonFormat.Align(s[1..], a.Integer(0, "width") - 1, '0', '>') : PythonFormat.Align(s, a.Integer(0, "width"), '0', '>'),
        ["isdigit"] = (s, _, _) => All(s, Rune.IsDigit),
        ["isdecimal"] = (s, _, _) => All(s, Rune.IsDigit),
        ["isnumeric"] = (s, _, _) => All(s, Rune.IsNumber),
        ["isalpha"] = (s, _, _) => All(s, Rune.IsLetter),
        ["isalnum"] = (s, _, _) => All(s, r => Rune.IsLetter(r) || Rune.IsNumber(r)),
        ["isspace"] = (s, _, _) => s.Length > 0 && s.All(PythonText.IsSpace),
        ["isupper"] = (s, _, _) => s.Any(char.IsUpper) && !s.Any(char.IsLower),
        ["islower"] = (s, _, _) => s.Any(char.IsLower) && !s.Any(char.IsUpper),
        ["isascii"] = (s, _, _) => s.All(char.IsAscii),
    };

    /// <summary>Finds a method.</summary>
    /// <param name="text">The string.</param>
    /// <param name="name">The method's name.</param>
    /// <param name="budget">What it may use.</param>
    /// <returns>The method, or null where there is none.</returns>
    internal static TemplateFunction? Find(string text, string name, TemplateBudget budget) =>
        Methods.TryGetValue(name, out Func<string, TemplateArguments, TemplateBudget, object?>? method) ? new TemplateFunction(name, arguments => Counted(method(text, arguments, budget), budget)) : null;

    /// <summary>Replaces a part wherever it stands.</summary>
    /// <param name="text">The text.</param>
    /// <param name="old">The part; the empty part stands between all characters.</param>
    /// <param name="replacement">What stands there afterwards.</param>
    /// <param name="most">At most so often; negative for any number.</param>
    /// <param name="budget">What may be used.</param>
    /// <returns>The text with replacements.</returns>
    internal static string Replace(string text, string old, string replacement, int most, TemplateBudget budget)
    {
        if (old.Length == 0)
        {
            budget.Make((long)replacement.Length * (text.Length + 1));
            List<object?> characters = [.. PythonText.Characters(text)];
            int count = most < 0 ? characters.Count + 1 : Math.Min(most, characters.Count + 1);
            return string.Concat(characters.Select((c, i) => (i < count ? replacement : "") + c)) + (count > characters.Count ? replacement : "");
        }

        budget.Make(text.Length + ((long)Count(text, old) * replacement.Length));
        if (most < 0)
        {
            return text.Replace(old, replacement, StringComparison.Ordinal);
        }

        var output = new StringBuilder();
        int at = 0;
        for (int found; most > 0 && (found = text.IndexOf(old, at, StringComparison.Ordinal)) >= 0; most--, at = found + old.Length)
        {
            output.Append(text, at, found - at).Append(replacement);
        }

        return output.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>Joins texts.</summary>
    /// <param name="separator">What stands between them.</param>
    /// <param name="parts">The texts.</param>
    /// <param name="budget">What may be used.</param>
    /// <returns>The joined text.</returns>
    internal static string Join(string separator, IEnumerable<string> parts, TemplateBudget budget)
    {
        var output = new StringBuilder();
        bool any = false;
        foreach (string part in parts)
        {
            budget.Make(part.Length + separator.Length);
            output.Append(any ? separator : "").Append(part);
            any = true;
        }

        return output.ToString();
    }

    private static object? Counted(object? result, TemplateBudget budget)
    {
        budget.Make(result switch { string text => text.Length, List<object?> list => list.Count, _ => 0 });
        return result;
    }

    private static List<object?> Split(string text, TemplateArguments arguments, bool fromEnd)
    {
        int most = arguments.Integer(1, "maxsplit", -1);
        if (arguments.Get(0, "sep", null) is not string separator)
        {
            return fromEnd && most >= 0 ? throw new TemplateFailureException("rsplit without a separator and with a limit is not supported") : PythonText.SplitAtSpace(text, most);
        }

        if (separator.Length == 0)
        {
            throw new TemplateFailureException("empty separator");
        }

        if (!fromEnd)
        {
            return [.. most < 0 ? text.Split(separator) : text.Split(separator, most + 1)];
        }

        string[] parts = text.Split(separator);
        int joined = most < 0 ? 0 : Math.Max(0, parts.Length - 1 - most);
        return [string.Join(separator, parts[..(joined + 1)]), .. parts[(joined + 1)..]];
    }

    private static bool Any(object? parts, Func<string, bool> rule) => parts switch
    {
        string one => rule(one),
        TemplateTuple several => several.Items.Any(p => p is string part && rule(part)),
        _ => throw new TemplateFailureException("startswith and endswith take a string or a tuple of strings"),
    };

    private static int Find(string text, string part, bool fromEnd)
    {
        int at = fromEnd ? text.LastIndexOf(part, StringComparison.Ordinal) : text.IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? -1 : PythonText.Length(text[..at]);
    }

    private static int Count(string text, string part)
    {
        if (part.Length == 0)
        {
            return PythonText.Length(text) + 1;
        }

        int count = 0;
        for (int at = 0; (at = text.IndexOf(part, at, StringComparison.Ordinal)) >= 0; at += part.Length)
        {
            count++;
        }

        return count;
    }

    private static TemplateTuple Partition(string text, string separator, bool fromEnd)
    {
        int at = separator.Length == 0 ? throw new TemplateFailureException("empty separator") : fromEnd ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        return at >= 0 ? new([text[..at], separator, text[(at + separator.Length)..]]) : fromEnd ? new(["", "", text]) : new([text, "", ""]);
    }

    private static bool All(string text, Func<Rune, bool> rule)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!rule(rune))
            {
                return false;
            }
        }

        return text.Length > 0;
    }
}
