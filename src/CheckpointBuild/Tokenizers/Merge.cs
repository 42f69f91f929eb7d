namespace CheckpointBuild.Tokenizers;

/// <summary>Two tokens that byte-pair encoding joins.</summary>
/// <param name="Left">The left token's text.</param>
/// <param name="Right">The right token's text.</param>
public readonly record struct Merge(string Left, string Right);
