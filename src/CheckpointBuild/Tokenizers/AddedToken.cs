namespace CheckpointBuild.Tokenizers;

/// <summary>A token that is cut out of the text before the tokenizer's own algorithm sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">The text that it is found by.</param>
/// <param name="Rules">How it is found, and whether it is special.</param>
public sealed record AddedToken(int Id, string Content, AddedTokenRules Rules)
{
    /// <summary>Whether it is special: left out when text is decoded without special tokens, and not found where special tokens are read as ordinary text.</summary>
    public bool IsSpecial => (Rules & AddedTokenRules.Special) != 0;

    /// <summary>Whether it is searched in the normalized text, normalized itself.</summary>
    public bool IsNormalized => (Rules & AddedTokenRules.Normalized) != 0;
}
