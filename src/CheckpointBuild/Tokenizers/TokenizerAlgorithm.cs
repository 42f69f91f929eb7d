using System.Collections.Immutable;

namespace CheckpointBuild.Tokenizers;

/// <summary>How a piece of text becomes tokens.</summary>
public abstract record TokenizerAlgorithm
{
    private TokenizerAlgorithm()
    {
    }

    /// <summary>Neighbours are joined by a list of merges, the earliest first, the leftmost where equal.</summary>
    /// <param name="Merges">The merges, in order.</param>
    public sealed record BytePairs(ImmutableArray<Merge> Merges) : TokenizerAlgorithm
    {
        /// <summary>A whole piece that is a token is taken at once.</summary>
        public bool IgnoresMerges { get; init; }

        /// <summary>A character that is no token becomes its bytes' tokens.</summary>
        public bool FallsBackToBytes { get; init; }

        /// <summary>Neighbouring unknown characters become one unknown token.</summary>
        public bool FusesUnknown { get; init; }

        /// <summary>The token of unknown characters; without one they vanish.</summary>
        public string? UnknownToken { get; init; }

        /// <summary>What every character of a piece but the first is looked up with.</summary>
        public string? ContinuingPrefix { get; init; }

        /// <summary>What the last character of a piece is looked up with.</summary>
        public string? WordSuffix { get; init; }
    }

    /// <summary>SentencePiece's byte-pair encoding: neighbours whose union is a token are joined, the highest score first, the leftmost where equal.</summary>
    /// <param name="UnknownId">The id of unknown characters; neighbours become one.</param>
    /// <param name="FallsBackToBytes">A character that is no token becomes its bytes' tokens.</param>
    public sealed record ScoredPairs(int UnknownId, bool FallsBackToBytes) : TokenizerAlgorithm;

    /// <summary>The split with the highest sum of scores.</summary>
    /// <param name="UnknownId">The id of unknown characters; neighbours become one.</param>
    /// <param name="FallsBackToBytes">A character that is no token becomes its bytes' tokens.</param>
    public sealed record Unigram(int? UnknownId, bool FallsBackToBytes) : TokenizerAlgorithm;
}
