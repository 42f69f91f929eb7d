namespace CheckpointBuild.Tokenizers.Reading;

/// <summary>The releases of Llama 3 whose special tokens have names of their own.</summary>
internal enum LlamaRelease
{
    /// <summary>3.</summary>
    Llama3,

    /// <summary>3.1 and later.</summary>
    Llama31,
}
