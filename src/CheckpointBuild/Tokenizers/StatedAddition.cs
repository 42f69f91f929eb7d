namespace CheckpointBuild.Tokenizers;

/// <summary>Whether a special token is added to every text.</summary>
/// <param name="Kind">The token.</param>
/// <param name="IsAdded">Whether it is.</param>
public readonly record struct StatedAddition(SpecialTokenKind Kind, bool IsAdded);
