using System;
using System.Globalization;
using System.Text;

namespace CheckpointBuild.Tokenizers.Normalizing;

/// <summary>Applies a tokenizer's normalizer steps.</summary>
internal sealed class Normalizer
{
    private readonly Func<string, long, string>[] _steps;

    /// <summary>Prepares the steps.</summary>
    /// <param name="model">The tokenizer.</param>
    internal Normalizer(TokenizerModel model) => _steps = Array.ConvertAll([.. model.Normalizer], step => Prepare(step, model));

    /// <summary>Whether text passes unchanged.</summary>
    internal bool IsEmpty => _steps.Length == 0;

    /// <summary>Normalizes a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The normalized text.</returns>
    /// <exception cref="Diagnostics.CheckpointException">CKPT2135 when it becomes longer than any sensible rules make it.</exception>
    internal string Apply(string text)
    {
        long most = TextGrowth.MostFor(text.Length);
        foreach (Func<string, long, string> step in _steps)
        {
            text = step(text, most);
            TextGrowth.Check(text.Length, most);
        }

        return text;
    }

    private static Func<string, long, string> Prepare(NormalizerStep step, TokenizerModel model)
    {
        switch (step)
        {
            case NormalizerStep.Unicode unicode:
                return (text, _) => UnicodeNormalizer.Apply(text, unicode.Form);
            case NormalizerStep.Lowercase:
                return (text, _) => Lower(text);
            case NormalizerStep.StripAccents:
                return (text, _) => WithoutMarks(text);
            case NormalizerStep.Strip strip:
                return (text, _) => Strip(text, strip);
            case NormalizerStep.Prepend prepend:
                return (text, most) => TextGrowth.Prepend(text, prepend.Text, most);
            case NormalizerStep.Replace replace:
                return TextGrowth.Replacement(replace.Pattern, replace.Content);
            case NormalizerStep.Nmt:
                return (text, _) => CleanAsNmt(text);
            case NormalizerStep.Charsmap charsmap:
                var map = new CharacterMap(charsmap.Table.AsSpan());
                return map.ReplaceGraphemes;
            case NormalizerStep.SentencePiece piece:
                return new SentencePieceNormalizer(piece, model).Apply;
            case NormalizerStep.Bert bert:
                return (text, _) => BertNormalizer.Apply(text, bert);
            default:
                throw new ArgumentException($"no such normalizer step: {step}", nameof(step));
        }
    }

    private static string Strip(string text, NormalizerStep.Strip strip)
    {
        ReadOnlySpan<char> rest = text;
        rest = strip.Left ? rest.TrimStart() : rest;
        rest = strip.Right ? rest.TrimEnd() : rest;
        return rest.Length == text.Length ? text : rest.ToString();
    }

    /// <summary>Small letters, character by character; the dotted capital I becomes an i and its dot, as Unicode's full mapping says.</summary>
    /// <param name="text">The text.</param>
    /// <returns>It in small letters.</returns>
    internal static string Lower(string text)
    {
        var output = new StringBuilder(text.Length);
        Span<char> units = stackalloc char[2];
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value == 0x130)
            {
                output.Append("i\u0307");
                continue;
            }

            output.Append(units[..Rune.ToLowerInvariant(rune).EncodeToUtf16(units)]);
        }

        return output.ToString();
    }

    /// <summary>Leaves combining marks out.</summary>
    /// <param name="text">The text.</param>
    /// <returns>What is left.</returns>
    internal static string WithoutMarks(string text)
    {
        var output = new StringBuilder(text.Length);
        Span<char> units = stackalloc char[2];
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark))
            {
                output.Append(units[..rune.EncodeToUtf16(units)]);
            }
        }

        return output.ToString();
    }

    private static string CleanAsNmt(string text)
    {
        var output = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            switch (c)
            {
                case (>= '\u0001' and <= '\u0008') or '\u000B' or (>= '\u000E' and <= '\u001F') or '\u007F' or '\u008F' or '\u009F':
                    break;
                case '\t' or '\n' or '\f' or '\r' or '\u1680' or (>= '\u200B' and <= '\u200F') or '\u2028' or '\u2029' or '\u2581' or '\uFEFF' or '\uFFFD':
                    output.Append(' ');
                    break;
                default:
                    output.Append(c);
                    break;
            }
        }

        return output.ToString();
    }
}
