using System.Collections.Immutable;

namespace CheckpointBuild.Tokenizers.Patterns;

/// <summary>A part of a parsed pattern.</summary>
internal abstract record PatternNode
{
    private PatternNode()
    {
    }

    /// <summary>One character of a set.</summary>
    /// <param name="Characters">The set.</param>
    internal sealed record One(CharacterSet Characters) : PatternNode;

    /// <summary>Parts one after the other.</summary>
    /// <param name="Parts">They; empty matches the empty text.</param>
    internal sealed record Sequence(ImmutableArray<PatternNode> Parts) : PatternNode;

    /// <summary>The first of several that matches.</summary>
    /// <param name="Choices">They, in order of preference.</param>
    internal sealed record Choice(ImmutableArray<PatternNode> Choices) : PatternNode;

    /// <summary>A part several times.</summary>
    /// <param name="Body">The part.</param>
    /// <param name="Least">At least so often.</param>
    /// <param name="Most">At most so often; <see cref="Unbounded"/> for any number.</param>
    /// <param name="Manner">Whether it takes as much or as little as it can, or never gives back.</param>
    internal sealed record Repeat(PatternNode Body, int Least, int Most, RepeatManner Manner) : PatternNode;

    /// <summary>A part that never gives back what it took.</summary>
    /// <param name="Body">The part.</param>
    internal sealed record Atomic(PatternNode Body) : PatternNode;

    /// <summary>What follows matches, or does not, and stays unread.</summary>
    /// <param name="Body">What is looked for.</param>
    /// <param name="IsNegative">It must not match.</param>
    internal sealed record LookAhead(PatternNode Body, bool IsNegative) : PatternNode;

    /// <summary>The character before is one of a set, or is not (so at the start).</summary>
    /// <param name="Characters">The set.</param>
    /// <param name="IsNegative">It must not be one.</param>
    internal sealed record LookBehind(CharacterSet Characters, bool IsNegative) : PatternNode;

    /// <summary>The start of the text.</summary>
    internal sealed record Start : PatternNode;

    /// <summary>The end of the text.</summary>
    internal sealed record Finish : PatternNode;

    /// <summary>The end of the text, or before a newline.</summary>
    internal sealed record LineEnd : PatternNode;

    /// <summary>The start of the text, or after a newline.</summary>
    internal sealed record LineStart : PatternNode;

    /// <summary>No upper bound of a repetition.</summary>
    internal const int Unbounded = int.MaxValue;
}
