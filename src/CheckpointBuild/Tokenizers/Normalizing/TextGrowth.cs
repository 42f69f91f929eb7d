using System;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tokenizers.Patterns;

namespace CheckpointBuild.Tokenizers.Normalizing;

/// <summary>How long a text may become by rules of a tokenizer file: forty rules that each double a letter would fill any memory.</summary>
internal static class TextGrowth
{
    // Unicode's longest compatibility decomposition has 18 characters; a few characters may be put before a text.
    private const int MostFactor = 64;
    private const int Slack = 1 << 20;

    /// <summary>The most UTF-16 units that a text may become.</summary>
    /// <param name="length">What it has.</param>
    /// <returns>The limit.</returns>
    public static long MostFor(long length) => Math.Min(int.MaxValue / 2, Slack + (MostFactor * length));

    /// <summary>Refuses a text that is too long.</summary>
    /// <param name="length">Its length.</param>
    /// <param name="most">The limit.</param>
    /// <exception cref="CheckpointException">CKPT2135 when it is longer.</exception>
    public static void Check(long length, long most)
    {
        if (length > most)
        {
            throw Errors.TextGrows(most);
        }
    }

    /// <summary>Puts text before a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="before">What is put before it.</param>
    /// <param name="most">The limit.</param>
    /// <returns>Both; an empty text stays empty.</returns>
    /// <exception cref="CheckpointException">CKPT2135 when they are longer than the limit.</exception>
    public static string Prepend(string text, string before, long most)
    {
        Check((long)text.Length + before.Length, most);
        return text.Length == 0 ? text : before + text;
    }

    /// <summary>Makes a replacement.</summary>
    /// <param name="pattern">What is replaced: text, or an expression; an empty text is nowhere.</param>
    /// <param name="content">What stands there afterwards.</param>
    /// <returns>Gives for a text and a limit the text with replacements; CKPT2135 when it becomes longer.</returns>
    public static Func<string, long, string> Replacement(TextPattern pattern, string content)
    {
        if (pattern.IsExpression)
        {
            var expression = Pattern.Parse(pattern.Text);
            return (text, most) => expression.Replace(text, content, most);
        }

        string part = pattern.Text;
        return (text, most) => part.Length == 0 ? text : Replace(text, part, content, most);
    }

    private static string Replace(string text, string part, string content, long most)
    {
        // Counting costs a pass over the text, and is left out where even a replacement everywhere stays within the limit.
        if ((long)text.Length / part.Length * content.Length > most - text.Length)
        {
            Check(text.Length + ((long)text.AsSpan().Count(part) * (content.Length - part.Length)), most);
        }

        return text.Replace(part, content, StringComparison.Ordinal);
    }
}
