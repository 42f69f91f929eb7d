using System;
using System.Collections.Generic;
using System.Globalization;

namespace CheckpointBuild.Tokenizers.Patterns;

/// <summary>Character sets by Unicode property, from the platform's own character data.</summary>
internal static class UnicodeSets
{
    /// <summary>Where the general category changes: the first code point of each run, and its category.</summary>
    private static readonly Lazy<List<(int First, UnicodeCategory Category)>> Runs = new(FindRuns);

    /// <summary>White space as Unicode's property defines it; Oniguruma's <c>\s</c>.</summary>
    internal static CharacterSet Space { get; } = OfCategories("Z").Union(CharacterSet.Range(0x09, 0x0D)).Union(CharacterSet.Of(0x85));

    /// <summary>Letters, marks, decimal digits, connectors: Oniguruma's <c>\w</c>.</summary>
    internal static CharacterSet Word { get; } = OfCategories("L", "M", "Nd", "Pc");

    /// <summary>What Rust's regular expressions call <c>\w</c>: alphabetic characters, marks, decimal digits, connectors, joiners.</summary>
    internal static CharacterSet AlphabeticWord { get; } = Word.Union(OfCategories("Nl")).Union(Ranges((0x200C, 0x200D), (0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189)));

    /// <summary>Decimal digits: <c>\d</c>.</summary>
    internal static CharacterSet Digit { get; } = OfCategories("Nd");

    /// <summary>Han characters, by script.</summary>
    internal static CharacterSet Han { get; } = Ranges(
        (0x2E80, 0x2E99), (0x2E9B, 0x2EF3), (0x2F00, 0x2FD5), (0x3005, 0x3005), (0x3007, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFA6D),
        (0xFA70, 0xFAD9), (0x16FE2, 0x16FE3), (0x16FF0, 0x16FF1), (0x20000, 0x2A6DF), (0x2A700, 0x2B739), (0x2B740, 0x2B81D), (0x2B820, 0x2CEA1), (0x2CEB0, 0x2EBE0), (0x2EBF0, 0x2EE5D),
        (0x2F800, 0x2FA1D), (0x30000, 0x3134A), (0x31350, 0x323AF));

    /// <summary>Finds the set of a property.</summary>
    /// <param name="name">What stands in <c>\p{…}</c>: a general category, or one of the scripts and classes that tokenizers use.</param>
    /// <returns>The set, or null where the name is not known.</returns>
    internal static CharacterSet? Named(string name) => name switch
    {
        "Han" => Han,
        "Hiragana" => Ranges((0x3041, 0x3096), (0x309D, 0x309F), (0x1B001, 0x1B11F), (0x1B132, 0x1B132), (0x1B150, 0x1B152), (0x1F200, 0x1F200)),
        "Katakana" => Ranges((0x30A1, 0x30FA), (0x30FD, 0x30FF), (0x31F0, 0x31FF), (0x32D0, 0x32FE), (0x3300, 0x3357), (0xFF66, 0xFF6F), (0xFF71, 0xFF9D), (0x1AFF0, 0x1AFF3), (0x1AFF5, 0x1AFFB), (0x1AFFD, 0x1AFFE), (0x1B000, 0x1B000), (0x1B120, 0x1B122), (0x1B155, 0x1B155), (0x1B164, 0x1B167)),
        "Alpha" or "alpha" or "Alphabetic" => OfCategories("L", "M", "Nl"),
        "Digit" or "digit" => Digit,
        "Space" or "space" or "White_Space" => Space,
        "Word" or "word" => Word,
        "Punct" or "punct" => OfCategories("P"),
        "Upper" or "upper" => OfCategories("Lu"),
        "Lower" or "lower" => OfCategories("Ll"),
        "Alnum" or "alnum" => OfCategories("L", "M", "N"),
        "Letter" => OfCategories("L"),
        "Number" => OfCategories("N"),
        "Mark" => OfCategories("M"),
        "Punctuation" => OfCategories("P"),
        "Symbol" => OfCategories("S"),
        "Separator" => OfCategories("Z"),
        _ => name.Length is 1 or 2 && OfCategories(name) is { IsEmpty: false } set ? set : null,
    };

    /// <summary>The code points of some general categories.</summary>
    /// <param name="names">One letter for a group (<c>L</c>), two for a category (<c>Lu</c>).</param>
    /// <returns>The set; empty where no category is called so.</returns>
    internal static CharacterSet OfCategories(params ReadOnlySpan<string> names)
    {
        var bounds = new List<int>();
        List<(int First, UnicodeCategory Category)> runs = Runs.Value;
        for (int i = 0; i < runs.Count; i++)
        {
            if (!IsNamed(runs[i].Category, names))
            {
                continue;
            }

            int end = i + 1 < runs.Count ? runs[i + 1].First : CharacterSet.End;
            if (bounds.Count > 0 && bounds[^1] == runs[i].First)
            {
                bounds[^1] = end;
            }
            else
            {
                bounds.Add(runs[i].First);
                bounds.Add(end);
            }
        }

        return CharacterSet.OfBounds(bounds);
    }

    /// <summary>The code points that differ from one in case only, itself included.</summary>
    /// <param name="codePoint">The code point.</param>
    /// <returns>The set. The long s belongs to s, the Kelvin sign to k, the Ångström sign to å.</returns>
    internal static CharacterSet OfAnyCase(int codePoint)
    {
        if (codePoint >= 0x10000)
        {
            return CharacterSet.Of(codePoint);
        }

        char lower = char.ToLowerInvariant((char)codePoint);
        CharacterSet set = CharacterSet.Of(codePoint, lower, char.ToUpperInvariant((char)codePoint), char.ToUpperInvariant(lower));
        return lower switch
        {
            's' or '\u017F' => set.Union(CharacterSet.Of('s', 'S', 0x17F)),
            'k' or '\u212A' => set.Union(CharacterSet.Of('k', 'K', 0x212A)),
            '\u00E5' or '\u212B' => set.Union(CharacterSet.Of(0xE5, 0xC5, 0x212B)),
            _ => set,
        };
    }

    private static bool IsNamed(UnicodeCategory category, ReadOnlySpan<string> names)
    {
        string code = CodeOf(category);
        foreach (string name in names)
        {
            if (code.StartsWith(name, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static string CodeOf(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => "Lu",
        UnicodeCategory.LowercaseLetter => "Ll",
        UnicodeCategory.TitlecaseLetter => "Lt",
        UnicodeCategory.ModifierLetter => "Lm",
        UnicodeCategory.OtherLetter => "Lo",
        UnicodeCategory.NonSpacingMark => "Mn",
        UnicodeCategory.SpacingCombiningMark => "Mc",
        UnicodeCategory.EnclosingMark => "Me",
        UnicodeCategory.DecimalDigitNumber => "Nd",
        UnicodeCategory.LetterNumber => "Nl",
        UnicodeCategory.OtherNumber => "No",
        UnicodeCategory.SpaceSeparator => "Zs",
        UnicodeCategory.LineSeparator => "Zl",
        UnicodeCategory.ParagraphSeparator => "Zp",
        UnicodeCategory.Control => "Cc",
        UnicodeCategory.Format => "Cf",
        UnicodeCategory.Surrogate => "Cs",
        UnicodeCategory.PrivateUse => "Co",
        UnicodeCategory.ConnectorPunctuation => "Pc",
        UnicodeCategory.DashPunctuation => "Pd",
        UnicodeCategory.OpenPunctuation => "Ps",
        UnicodeCategory.ClosePunctuation => "Pe",
        UnicodeCategory.InitialQuotePunctuation => "Pi",
        UnicodeCategory.FinalQuotePunctuation => "Pf",
        UnicodeCategory.OtherPunctuation => "Po",
        UnicodeCategory.MathSymbol => "Sm",
        UnicodeCategory.CurrencySymbol => "Sc",
        UnicodeCategory.ModifierSymbol => "Sk",
        UnicodeCategory.OtherSymbol => "So",
        _ => "Cn",
    };

    private static CharacterSet Ranges(params ReadOnlySpan<(int First, int Last)> ranges)
    {
        CharacterSet set = CharacterSet.Empty;
        foreach ((int first, int last) in ranges)
        {
            set = set.Union(CharacterSet.Range(first, last));
        }

        return set;
    }

    private static List<(int First, UnicodeCategory Category)> FindRuns()
    {
        var runs = new List<(int First, UnicodeCategory Category)>();
        for (int c = 0; c < CharacterSet.End; c++)
        {
            UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(c);
            if (runs.Count == 0 || runs[^1].Category != category)
            {
                runs.Add((c, category));
            }
        }

        return runs;
    }
}
