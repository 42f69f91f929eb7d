namespace CheckpointBuild.Tokenizers;

/// <summary>What a replacement or a split looks for.</summary>
/// <param name="Text">A text, or a regular expression in Oniguruma's syntax.</param>
/// <param name="IsExpression">Whether it is a regular expression.</param>
public sealed record TextPattern(string Text, bool IsExpression);
