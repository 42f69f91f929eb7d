using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>
/// What llama.cpp's converter reads out of a model's name: <c>SmolLM2-135M-Instruct</c> is base <c>SmolLM2</c>, size <c>135M</c>, finetune <c>Instruct</c>. The parts between hyphens are told apart by
/// their form; where no part but the base is found, the name says nothing (gguf-py's <c>Metadata.get_model_id_components</c>).
/// </summary>
/// <param name="Title">The name as people write it: <c>SmolLM2 135M Instruct</c>.</param>
/// <param name="BaseName">The base, or null.</param>
/// <param name="FineTune">What it was tuned for, or null.</param>
/// <param name="Version">Its version, or null.</param>
/// <param name="SizeLabel">Its size as the name states it, or null.</param>
internal sealed partial record ModelName(string Title, string? BaseName, string? FineTune, string? Version, string? SizeLabel)
{
    private sealed class Piece(string text)
    {
        public string Text { get; set; } = text;

        public bool IsBase { get; set; }

        public bool IsFineTune { get; set; }

        public bool IsVersion { get; set; }

        public bool IsSize { get; set; }

        public bool IsType { get; set; }

        public bool IsUnknown => !(IsBase || IsFineTune || IsVersion || IsSize || IsType);
    }

    /// <summary>Reads a name.</summary>
    /// <param name="name">A folder's name, without an organization.</param>
    /// <param name="parameters">How many numbers the model holds, to tell a size from a context length.</param>
    /// <returns>The parts.</returns>
    public static ModelName Parse(string name, long parameters)
    {
        if (name.Contains(' ', StringComparison.Ordinal))
        {
            return new ModelName(TitleOf(name), null, null, null, null);
        }

        Piece[] pieces = [.. name.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(p => new Piece(p))];
        for (int i = 0; i < pieces.Length; i++)
        {
            Classify(pieces[i], isFirst: i == 0, parameters);
        }

        if (pieces.Any(p => p.IsSize && p.Text.Any(char.IsAsciiDigit)))
        {
            foreach (Piece word in pieces.Where(p => p.IsSize && p.Text.All(char.IsLetter)))
            {
                word.IsSize = false;
            }
        }

        FindBase(pieces);
        string? size = Join(pieces.Where(p => p.IsSize).Select(p => p.Text).Distinct());
        string? fineTune = Join(pieces.Where(p => p.IsFineTune).Select(p => p.Text));
        string? version = Join(pieces.Where(p => p.IsVersion && !p.IsBase).Select(p => p.Text));
        bool saysNothing = size is null && fineTune is null && version is null;
        return new ModelName(TitleOf(name), saysNothing ? null : Join(pieces.Where(p => p.IsBase).Select(p => p.Text)), fineTune, version, size);
    }

    /// <summary>A count of parameters with two digits or more: <c>5.8M</c>, <c>135M</c>.</summary>
    /// <param name="parameters">How many.</param>
    /// <returns>The label.</returns>
    public static string SizeOf(long parameters)
    {
        (double scaled, string suffix) = parameters switch
        {
            > 1_000_000_000_000 => (parameters * 1e-12, "T"),
            > 1_000_000_000 => (parameters * 1e-9, "B"),
            > 1_000_000 => (parameters * 1e-6, "M"),
            _ => (parameters * 1e-3, "K"),
        };
        int digits = Math.Round(scaled, MidpointRounding.ToEven).ToString("F0", CultureInfo.InvariantCulture).TrimStart('0').Length;
        return scaled.ToString($"F{Math.Max(2 - digits, 0)}", CultureInfo.InvariantCulture) + suffix;
    }

    // Words in lower case get a capital unless they are versions or begin with a digit; capitals after a digit or sign too, as Python's title() has it.
    /// <summary>A name as people write it: words in lower case get a capital.</summary>
    /// <param name="name">The name, its words between hyphens or spaces.</param>
    /// <returns>The words between spaces.</returns>
    internal static string TitleOf(string name) => string.Join(' ', name.Trim().Replace('-', ' ').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Capitalized));

    private static string Capitalized(string word)
    {
        bool isLower = word.Any(char.IsLower) && !word.Any(char.IsUpper);
        if (!isLower || VersionOrNumber().IsMatch(word))
        {
            return word;
        }

        char[] letters = word.ToCharArray();
        for (int i = 0; i < letters.Length; i++)
        {
            if (i == 0 || !char.IsLetter(letters[i - 1]))
            {
                letters[i] = char.ToUpperInvariant(letters[i]);
            }
        }

        return new string(letters);
    }

    private static void Classify(Piece piece, bool isFirst, long parameters)
    {
        if (Versions().IsMatch(piece.Text))
        {
            piece.IsVersion = true;
        }
        else if (Types().IsMatch(piece.Text))
        {
            piece.IsType = true;
            piece.Text = piece.Text.ToUpperInvariant();
        }
        else if (!isFirst && Sizes().IsMatch(piece.Text))
        {
            ClassifySize(piece, parameters);
        }
        else if (!isFirst && FineTunes().IsMatch(piece.Text))
        {
            piece.IsFineTune = true;
        }
    }

    // A size far from the model's own is likely a context length, and belongs to the finetune in lower case.
    private static void ClassifySize(Piece piece, long parameters)
    {
        string text = piece.Text.Replace('_', '.');
        if (char.IsAsciiDigit(text[^1]))
        {
            text = $"{text[..^2]}.{text[^1]}{text[^2]}";
        }

        if (text.Length > 1 && char.IsAsciiDigit(text[^2]) && "kmbt".Contains(text[^1], StringComparison.Ordinal))
        {
            text = text[..^1] + char.ToUpperInvariant(text[^1]);
        }

        int power = " KMBT".IndexOf(text[^1], StringComparison.Ordinal);
        if (parameters > 0 && power > 0 && double.TryParse(text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out double number) &&
            Math.Abs((number * Math.Pow(1000, power)) - parameters) > Math.Floor(7.0 * parameters / 8))
        {
            piece.IsFineTune = true;
            text = text[..^1] + char.ToLowerInvariant(text[^1]);
        }
        else
        {
            piece.IsSize = true;
        }

        piece.Text = text;
    }

    private static void FindBase(Piece[] pieces)
    {
        bool atStart = true;
        foreach (Piece piece in pieces)
        {
            if (atStart && ((piece.IsUnknown && char.IsLetter(piece.Text[0])) || piece.IsVersion))
            {
                piece.IsBase = true;
                continue;
            }

            atStart = false;
            piece.IsFineTune |= piece.IsUnknown;
        }

        // A version at the end of the base is a version after all.
        foreach (Piece piece in pieces.Reverse().TakeWhile(p => p.IsBase && p.IsVersion))
        {
            piece.IsBase = false;
        }
    }

    private static string? Join(IEnumerable<string> parts) => string.Join('-', parts) is { Length: > 0 } text ? text : null;

    [GeneratedRegex(@"^(v\d+(?:\.\d+)*|\d.*)$")]
    private static partial Regex VersionOrNumber();

    [GeneratedRegex(@"^(v|iter)?\d+([.]\d+)*\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Versions();

    [GeneratedRegex(@"^(i?q\d(_\w)*|b?fp?(16|32))\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Types();

    [GeneratedRegex(@"^(([A]|\d+[x])?\d+([._]\d+)?[KMBT][\d]?|small|mini|medium|large|x?xl)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Sizes();

    [GeneratedRegex(@"^(chat|instruct|vision|lora)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FineTunes();
}
