namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>What the tokenizer's keys of a GGUF file depend on besides the tokenizer.</summary>
/// <param name="Architecture">The model's architecture, as Hugging Face names it; null where it is not known.</param>
/// <param name="Rows">Rows of the token embedding: the token list is filled up to so many.</param>
/// <param name="PreTokenizer">The value of <c>tokenizer.ggml.pre</c> that the user demands; null to decide by what the tokenizer does.</param>
internal sealed record GgufVocabularyTarget(string? Architecture, int Rows, string? PreTokenizer = null);
