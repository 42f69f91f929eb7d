namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>A tuple.</summary>
/// <param name="Items">Its items.</param>
internal sealed record TemplateTuple(object?[] Items);
