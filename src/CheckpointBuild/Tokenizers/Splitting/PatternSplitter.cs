using System;
using CheckpointBuild.Tokenizers.Patterns;

namespace CheckpointBuild.Tokenizers.Splitting;

/// <summary>Splits where a pattern or a text is found.</summary>
/// <param name="pattern">The pattern, or null.</param>
/// <param name="literal">The text, where there is no pattern.</param>
/// <param name="behavior">What becomes of what is found.</param>
/// <param name="invert">What is not found counts as found, and the other way round.</param>
/// <param name="next">The next link.</param>
internal sealed class PatternSplitter(Pattern? pattern, string literal, SplitBehavior behavior, bool invert, Splitter next) : Splitter
{
    /// <inheritdoc/>
    internal override void Split(ReadOnlySpan<char> piece, PiecePlace place, EncodeState output)
    {
        long budget = Pattern.BudgetFor(piece.Length);
        var parts = new PartJoiner(behavior);
        for (int at = 0; at < piece.Length;)
        {
            (int start, int end) = Find(piece, at, ref budget);
            if (start > at)
            {
                Join(piece, at, start, invert, place, output, ref parts);
            }

            if (end > start)
            {
                Join(piece, start, end, !invert, place, output, ref parts);
            }

            at = end;
        }

        if (parts.Finish(out int first, out int last))
        {
            Hand(piece, first, last, place, output);
        }
    }

    private (int Start, int End) Find(ReadOnlySpan<char> piece, int at, ref long budget)
    {
        if (pattern is not null)
        {
            return pattern.Find(piece, at, ref budget);
        }

        int found = literal.Length == 0 ? -1 : piece[at..].IndexOf(literal, StringComparison.Ordinal);
        return found < 0 ? (piece.Length, piece.Length) : (at + found, at + found + literal.Length);
    }

    private void Join(ReadOnlySpan<char> piece, int start, int end, bool isFound, PiecePlace place, EncodeState output, ref PartJoiner parts)
    {
        if (parts.Add(start, end, isFound, out int first, out int last))
        {
            Hand(piece, first, last, place, output);
        }
    }

    private void Hand(ReadOnlySpan<char> piece, int start, int end, PiecePlace place, EncodeState output) =>
        next.Split(piece[start..end], start == 0 ? place : PiecePlace.Inside, output);
}
