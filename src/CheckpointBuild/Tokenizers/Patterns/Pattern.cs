using System;
using System.Text;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tokenizers.Normalizing;

namespace CheckpointBuild.Tokenizers.Patterns;

/// <summary>A compiled regular expression over code points, with the meaning that Oniguruma gives it. Unlike the platform's, a character outside the first 65,536 is one character.</summary>
/// <remarks>Matching backtracks with an explicit stack and counts its steps, so that no pattern from a file can hang the build.</remarks>
internal sealed class Pattern
{
    /// <summary>GPT-2's split pattern, which byte-level pre-tokenizers have built in.</summary>
    internal const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private readonly Instruction[] _program;
    private readonly ulong[]? _first;
    private readonly Instruction? _leadingRun;

    private Pattern(string text, PatternNode node)
    {
        Text = text;
        _program = PatternCompiler.Compile(node, text);
        _first = PatternCompiler.FirstOf(node)?.Plane;
        _leadingRun = _program[0] is { Code: InstructionCode.Run, Least: <= 1, Most: PatternNode.Unbounded } run ? run : null;
    }

    /// <summary>The pattern as it was written.</summary>
    internal string Text { get; }

    /// <summary>Compiles a pattern.</summary>
    /// <param name="text">The pattern, in Oniguruma's syntax.</param>
    /// <returns>The compiled pattern.</returns>
    /// <exception cref="CheckpointException">CKPT2103 where it holds what is not supported.</exception>
    internal static Pattern Parse(string text) => new(text, PatternParser.Parse(text));

    /// <summary>Finds the first match that is not empty.</summary>
    /// <param name="text">The text; without lone surrogates.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="budget">Steps that are left for this text; a caller starts with <see cref="BudgetFor"/>.</param>
    /// <returns>The match; empty at the end of the text where there is none.</returns>
    /// <exception cref="CheckpointException">CKPT2108 where the steps do not suffice.</exception>
    internal (int Start, int End) Find(ReadOnlySpan<char> text, int from, ref long budget)
    {
        var matcher = new PatternMatcher(_program, text, ref budget);
        try
        {
            int at = from;
            while (at < text.Length)
            {
                if (_first is not null && !IsIn(_first, text[at]))
                {
                    at++;
                    continue;
                }

                int end = matcher.Match(at);
                if (end > at)
                {
                    return (at, end);
                }

                // Where a leading run failed, every later start inside the same run would reach a subset of the same places.
                at = _leadingRun is null ? Next(text, at) : Math.Max(Next(text, at), matcher.EndOfRun(_leadingRun, at));
            }

            return (text.Length, text.Length);
        }
        catch (TimeoutException)
        {
            throw Errors.PatternTooCostly(Text, text.Length);
        }
        finally
        {
            matcher.Dispose();
        }
    }

    /// <summary>Replaces every match that is not empty.</summary>
    /// <param name="text">The text.</param>
    /// <param name="content">What stands there afterwards.</param>
    /// <param name="most">The most UTF-16 units that the text may become.</param>
    /// <returns>The text with replacements.</returns>
    /// <exception cref="CheckpointException">CKPT2135 when it becomes longer.</exception>
    internal string Replace(string text, string content, long most)
    {
        var output = new StringBuilder(text.Length);
        long budget = BudgetFor(text.Length);
        for (int at = 0; at < text.Length;)
        {
            (int start, int end) = Find(text, at, ref budget);
            TextGrowth.Check((long)output.Length + (start - at) + content.Length, most);
            output.Append(text, at, start - at).Append(start < end ? content : "");
            at = end;
        }

        return output.ToString();
    }

    /// <summary>Steps that a text may take: far more than any sensible pattern needs, so linear in its length.</summary>
    /// <param name="length">The text's length.</param>
    /// <returns>The steps.</returns>
    internal static long BudgetFor(int length) => 65_536 + (256L * length);

    /// <summary>Whether a UTF-16 unit may begin a character of a set; a surrogate may begin any.</summary>
    private static bool IsIn(ulong[] plane, char unit) => (plane[unit >> 6] >> unit & 1) != 0 || char.IsSurrogate(unit);

    private static int Next(ReadOnlySpan<char> text, int at) => at + (char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1);
}
