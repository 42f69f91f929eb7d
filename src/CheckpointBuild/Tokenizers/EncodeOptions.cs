using System;

namespace CheckpointBuild.Tokenizers;

/// <summary>How text is encoded.</summary>
[Flags]
public enum EncodeOptions
{
    /// <summary>The text alone, and the spelling of a special token is text like any other.</summary>
    None = 0,

    /// <summary>The post-processor adds what it adds: a start token, say.</summary>
    AddSpecialTokens = 1,

    /// <summary>The spelling of a special token in the text is that token.</summary>
    ParseSpecialTokens = 2,

    /// <summary>As the reference encodes when it is told nothing: both.</summary>
    Default = AddSpecialTokens | ParseSpecialTokens,
}
