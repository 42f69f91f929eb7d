using System;

namespace CheckpointBuild.Acquisition;

/// <summary>File patterns as the official client matches them (Python's fnmatch): <c>*</c> any run of characters, '/' too, <c>?</c> one, <c>[abc]</c>, <c>[!abc]</c>, <c>[a-z]</c> one of a set; a folder's name with '/' at its end means all in it.</summary>
internal static class GlobPattern
{
    private static readonly char[] Special = ['*', '?', '['];

    /// <summary>Whether a pattern is the plain name of one file.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <returns>True when nothing in it is special.</returns>
    public static bool IsLiteral(string pattern) => pattern.IndexOfAny(Special) < 0 && !pattern.EndsWith('/');

    /// <summary>Holds a path against a pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="path">The path, with '/'.</param>
    /// <returns>Whether it matches, letter case counted.</returns>
    public static bool Matches(string pattern, string path) => Matches(pattern.EndsWith('/') ? pattern + "*" : pattern.AsSpan(), path);

    // Backtracks to the last star alone, so that the time is the product of both lengths at most.
    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> path)
    {
        (int p, int s) = (0, 0);
        (int starPattern, int starPath) = (-1, 0);
        while (s < path.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (starPattern, starPath) = (p++, s);
            }
            else if (p < pattern.Length && MatchesOne(pattern, ref p, path[s]))
            {
                s++;
            }
            else if (starPattern >= 0)
            {
                (p, s) = (starPattern + 1, ++starPath);
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].Trim('*').IsEmpty;
    }

    private static bool MatchesOne(ReadOnlySpan<char> pattern, ref int p, char c)
    {
        if (pattern[p] == '[' && SetEnd(pattern, p) is var end and > 0)
        {
            bool matches = IsInSet(pattern[(p + 1)..end], c);
            p = matches ? end + 1 : p;
            return matches;
        }

        bool equal = pattern[p] == '?' || pattern[p] == c;
        p += equal ? 1 : 0;
        return equal;
    }

    // A bracket that stands first in the set is a member; a set without an end is a plain bracket.
    private static int SetEnd(ReadOnlySpan<char> pattern, int start)
    {
        int at = start + 1;
        at += at < pattern.Length && pattern[at] == '!' ? 1 : 0;
        at += at < pattern.Length && pattern[at] == ']' ? 1 : 0;
        int end = at < pattern.Length ? pattern[at..].IndexOf(']') : -1;
        return end < 0 ? -1 : at + end;
    }

    private static bool IsInSet(ReadOnlySpan<char> set, char c)
    {
        bool negated = set.Length > 0 && set[0] == '!';
        bool found = false;
        for (int i = negated ? 1 : 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                found |= c >= set[i] && c <= set[i + 2];
                i += 2;
            }
            else
            {
                found |= c == set[i];
            }
        }

        return found != negated;
    }
}
