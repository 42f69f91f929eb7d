namespace CheckpointBuild.Tokenizers;

/// <summary>A piece of a SentencePiece model; its id is its place in the list.</summary>
/// <param name="Text">The text, with U+2581 for spaces.</param>
/// <param name="Score">How good it is: higher is joined earlier, or weighs more.</param>
/// <param name="Type">What it is.</param>
public readonly record struct SentencePiece(string Text, float Score, TokenType Type);
