namespace CheckpointBuild.Tokenizers.Writing;

/// <summary>How a normalizer of one step is written.</summary>
internal enum NormalizerForm
{
    /// <summary>As that step.</summary>
    AsItIs,

    /// <summary>As a sequence of one.</summary>
    Sequence,
}
