namespace CheckpointBuild.Tokenizers;

/// <summary>Everything that a checkpoint states about its tokenizer.</summary>
public sealed record TokenizerModel;
