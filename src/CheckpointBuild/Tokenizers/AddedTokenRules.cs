using System;

namespace CheckpointBuild.Tokenizers;

/// <summary>How an added token is found.</summary>
[Flags]
public enum AddedTokenRules
{
    /// <summary>Wherever its text stands.</summary>
    None = 0,

    /// <summary>Only as a word of its own: no letter, digit, mark or connector beside it.</summary>
    SingleWord = 1,

    /// <summary>Together with the white space before it.</summary>
    StripLeft = 2,

    /// <summary>Together with the white space after it.</summary>
    StripRight = 4,

    /// <summary>In the normalized text.</summary>
    Normalized = 8,

    /// <summary>It is special.</summary>
    Special = 16,

    /// <summary>No file lists it: the type of its piece makes it one.</summary>
    Implied = 32,
}
