using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tokenizers.Patterns;
using Xunit;

namespace CheckpointBuild.Tests.Tokenizers;

/// <summary>Regular expressions over code points, with Oniguruma's meaning.</summary>
public sealed class PatternTests
{
    [Theory]
    [InlineData("a|ab", "abab", "a|a")]
    [InlineData("ab|a", "abaa", "ab|a|a")]
    [InlineData(@"\p{L}+", "a𠮷b1é", "a𠮷b|é")]
    [InlineData("[^a]", "a😀a", "😀")]
    [InlineData(".", "\n😀", "😀")]
    [InlineData("(?i:'s)", "'s 'S 'ſ", "'s|'S|'ſ")]
    [InlineData("(?i)k", "kK\u212A", "k|K|\u212A")]
    [InlineData(@"\s+(?!\S)", "a   b  ", "  |  ")]
    [InlineData(@"\d{1,3}(?=(?:\d{3})*\b)|x", "x", "x")]
    [InlineData(@"\d{2}", "12345", "12|34")]
    [InlineData("a{,2}b", "aaab", "aab")]
    [InlineData("a{x}", "a{x}", "a{x}")]
    [InlineData("a++a|b", "aab", "b")]
    [InlineData("a+?", "aaa", "a|a|a")]
    [InlineData("(?>a+)b", "aab", "aab")]
    [InlineData("(?<=x)a|(?<!x)b", "xab xb b", "a|b|b")]
    [InlineData(@"[\p{Lu}\p{M}&&[^A-F]]+", "ABGH", "GH")]
    [InlineData(@"[[:alpha:]]+", "ab1", "ab")]
    [InlineData(@"[^\s\p{^L}]+", "ab 1", "ab")]
    [InlineData(@"[\x{4E00}-\u9FFF]+", "a中文", "中文")]
    [InlineData(@"\Aa|a\z", "aaa", "a|a")]
    [InlineData("^b|a$", "a\nb", "a|b")]
    [InlineData(@"\h+", "xyzff0", "ff0")]
    [InlineData(@"(?:a|b)*c", "abac", "abac")]
    [InlineData(@"\p{N}{1,3}+", "12345", "12345")]
    public void Find_gives_the_matches(string pattern, string text, string matches)
    {
        if (pattern.Contains(@"\b", StringComparison.Ordinal))
        {
            Assert.Throws<CheckpointException>(() => Pattern.Parse(pattern));
            return;
        }

        Assert.Equal(matches, string.Join('|', Matches(pattern, text)));
    }

    [Theory]
    [InlineData(@"(a)\1")]
    [InlineData("(?<name>a)")]
    [InlineData("(?<=ab)c")]
    [InlineData("(a*)*")]
    [InlineData("(a")]
    [InlineData("a)")]
    [InlineData("[a")]
    [InlineData("*a")]
    [InlineData(@"\p{Klingon}")]
    [InlineData("((?:ab){1000}){1000}")]
    [InlineData(@"a\")]
    public void Parse_names_what_is_not_supported(string pattern) =>
        Assert.Equal("CKPT2103", Assert.Throws<CheckpointException>(() => Pattern.Parse(pattern)).Code);

    [Theory]
    [InlineData(@"\s+$", " ")]
    [InlineData(@"\s*[\r\n]+|\s+(?!\S)|\s+", " ")]
    [InlineData(Pattern.Gpt2, "a")]
    [InlineData(Pattern.Gpt2, "'")]
    public void Find_is_linear_on_a_repeated_character(string pattern, string character)
    {
        const int Length = 2_000_000;
        string text = string.Concat(Enumerable.Repeat(character, Length)) + "x";
        var compiled = Pattern.Parse(pattern);
        long budget = Pattern.BudgetFor(text.Length);
        for (int at = 0; at < text.Length;)
        {
            at = compiled.Find(text, at, ref budget).End;
        }

        // Steps, not seconds: a machine under load must not fail the test.
        Assert.InRange(Pattern.BudgetFor(text.Length) - budget, 0, 20L * Length);
    }

    private static IEnumerable<string> Matches(string pattern, string text)
    {
        var compiled = Pattern.Parse(pattern);
        long budget = Pattern.BudgetFor(text.Length);
        for (int at = 0; at < text.Length;)
        {
            (int start, int end) = compiled.Find(text, at, ref budget);
            if (start < end)
            {
                yield return text[start..end];
            }

            at = end;
        }
    }
}
