using System;

namespace CheckpointBuild.Tokenizers;

/// <summary>How ids are decoded.</summary>
[Flags]
public enum DecodeOptions
{
    /// <summary>Every token.</summary>
    None = 0,

    /// <summary>Special tokens are left out.</summary>
    SkipSpecialTokens = 1,
}
