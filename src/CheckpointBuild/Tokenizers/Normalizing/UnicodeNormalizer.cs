using System;
using System.Collections.Generic;
using System.Text;

namespace CheckpointBuild.Tokenizers.Normalizing;

/// <summary>Unicode normalization (Unicode Standard Annex 15).</summary>
internal static class UnicodeNormalizer
{
    /// <summary>Normalizes a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="form">The form.</param>
    /// <returns>The normalized text; the same string where nothing changes in sight.</returns>
    internal static string Apply(string text, UnicodeForm form)
    {
        // Below U+0300 every character is composed, begins a new sequence and never joins the one before; ASCII has no decomposition of any kind.
        char plain = form == UnicodeForm.Nfc ? '\u0300' : '\u0080';
        if (text.AsSpan().IndexOfAnyExceptInRange('\0', (char)(plain - 1)) < 0)
        {
            return text;
        }

        var output = new StringBuilder(text.Length);
        var points = new List<int>();
        for (int at = 0; at < text.Length;)
        {
            int end = at;
            while (end < text.Length && text[end] < plain && (end + 1 == text.Length || text[end + 1] < plain))
            {
                end++;
            }

            output.Append(text, at, end - at);
            at = end;
            end = Math.Min(at + 1, text.Length);
            while (end < text.Length && text[end] >= plain)
            {
                end++;
            }

            Normalize(text.AsSpan(at, end - at), form, points, output);
            at = end;
        }

        return output.ToString();
    }

    private static void Normalize(ReadOnlySpan<char> text, UnicodeForm form, List<int> points, StringBuilder output)
    {
        Decompositions table = Decompositions.Table;
        points.Clear();
        foreach (Rune rune in text.EnumerateRunes())
        {
            table.Decompose(rune.Value, form is UnicodeForm.Nfkc or UnicodeForm.Nfkd, points);
        }

        Order(points, table);
        if (form is UnicodeForm.Nfc or UnicodeForm.Nfkc)
        {
            Compose(points, table);
        }

        Span<char> units = stackalloc char[2];
        foreach (int point in points)
        {
            output.Append(units[..new Rune(point).EncodeToUtf16(units)]);
        }
    }

    /// <summary>Puts marks behind a starter in the order of their classes; equal classes keep theirs.</summary>
    private static void Order(List<int> points, Decompositions table)
    {
        for (int i = 0; i < points.Count; i++)
        {
            if (table.ClassOf(points[i]) == 0)
            {
                continue;
            }

            int start = i;
            while (i < points.Count && table.ClassOf(points[i]) != 0)
            {
                i++;
            }

            if (i - start > 1)
            {
                SortMarks(points, start, i - start, table);
            }
        }
    }

    private static void SortMarks(List<int> points, int start, int count, Decompositions table)
    {
        var keys = new long[count];
        var marks = new int[count];
        for (int i = 0; i < count; i++)
        {
            marks[i] = points[start + i];
            keys[i] = ((long)table.ClassOf(marks[i]) << 32) | (uint)i;
        }

        Array.Sort(keys, marks);
        for (int i = 0; i < count; i++)
        {
            points[start + i] = marks[i];
        }
    }

    private static void Compose(List<int> points, Decompositions table)
    {
        int kept = 0;
        int starter = -1;
        int lastClass = 0;
        foreach (int point in points.ToArray())
        {
            int own = table.ClassOf(point);

            // A mark is blocked from its starter by one of the same or a higher class between them; a starter joins only the starter right before it.
            bool reaches = starter >= 0 && (starter == kept - 1 || (lastClass < own && lastClass != 0));
            if (reaches && table.Compose(points[starter], point) is >= 0 and int composed)
            {
                points[starter] = composed;
                continue;
            }

            if (own == 0)
            {
                starter = kept;
            }

            lastClass = own;
            points[kept++] = point;
        }

        points.RemoveRange(kept, points.Count - kept);
    }
}
