namespace CheckpointBuild.Tokenizers;

/// <summary>Where a special token's id was found. llama.cpp's converter knows the first two only.</summary>
public enum SpecialTokenSource
{
    /// <summary>Its text stands in the tokenizer's configuration and among the added tokens of <c>tokenizer.json</c>; or a GGUF key holds its id.</summary>
    Tokenizer,

    /// <summary>Its id stands in the model's <c>config.json</c>.</summary>
    ModelConfig,

    /// <summary>Its text stands in the tokenizer's configuration and in the vocabulary, or its id in <c>generation_config.json</c>.</summary>
    Vocabulary,
}
