namespace CheckpointBuild.Tokenizers;

/// <summary>What came of rendering a conversation.</summary>
/// <param name="Text">The text; null where the template refused the conversation.</param>
/// <param name="Refusal">What the template said when it refused (by <c>raise_exception</c>); null where it did not.</param>
public sealed record ChatRendering(string? Text, string? Refusal);
