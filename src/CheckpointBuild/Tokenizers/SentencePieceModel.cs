using System.Collections.Immutable;

namespace CheckpointBuild.Tokenizers;

/// <summary>What a SentencePiece file (<c>tokenizer.model</c>) holds.</summary>
public sealed record SentencePieceModel
{
    /// <summary>The pieces by id.</summary>
    public required ImmutableArray<SentencePiece> Pieces { get; init; }

    /// <summary>Whether it is a unigram model; else byte pairs.</summary>
    public required bool IsUnigram { get; init; }

    /// <summary>Whether a character without a piece becomes its bytes' pieces.</summary>
    public bool FallsBackToBytes { get; init; }

    /// <summary>How text is normalized.</summary>
    public NormalizerStep.SentencePiece Normalizer { get; init; } = new([], AddDummyPrefix: true, RemoveExtraWhitespaces: true, EscapeWhitespaces: true);

    /// <summary>The piece that begins a text, or -1.</summary>
    public int BeginId { get; init; } = 1;

    /// <summary>The piece that ends a text, or -1.</summary>
    public int EndId { get; init; } = 2;

    /// <summary>The piece of unknown characters.</summary>
    public int UnknownId { get; init; }

    /// <summary>The piece that fills up, or -1.</summary>
    public int PaddingId { get; init; } = -1;
}
