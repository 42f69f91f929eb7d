namespace CheckpointBuild.Tokenizers;

/// <summary>One step of how tokens become text again. A tokenizer's decoder is a list of steps; nested sequences are laid out flat.</summary>
public abstract record DecoderStep
{
    private DecoderStep()
    {
    }

    /// <summary>Letters become the bytes that they stand for, and the bytes are UTF-8.</summary>
    public sealed record ByteLevel : DecoderStep;

    /// <summary>Runs of byte tokens (<c>&lt;0xE2&gt;</c>) become characters, or one U+FFFD for each byte where they are not UTF-8.</summary>
    public sealed record ByteFallback : DecoderStep;

    /// <summary>All tokens become one.</summary>
    public sealed record Fuse : DecoderStep;

    /// <summary>What a pattern finds in a token is replaced.</summary>
    /// <param name="Pattern">The pattern.</param>
    /// <param name="Content">What stands there afterwards.</param>
    public sealed record Replace(TextPattern Pattern, string Content) : DecoderStep;

    /// <summary>A character goes from the ends of each token.</summary>
    /// <param name="Content">The character.</param>
    /// <param name="Start">At most so many at the start.</param>
    /// <param name="Stop">At most so many at the end.</param>
    public sealed record Strip(string Content, int Start, int Stop) : DecoderStep;

    /// <summary>Marks become spaces; the first goes where it was put there.</summary>
    /// <param name="Mark">The mark: U+2581.</param>
    /// <param name="Prepend">Where the pre-tokenizer puts it.</param>
    public sealed record Metaspace(string Mark, PrependScheme Prepend) : DecoderStep;

    /// <summary>A suffix that ends a word becomes a space.</summary>
    /// <param name="Suffix">The suffix.</param>
    public sealed record WordSuffix(string Suffix) : DecoderStep;

    /// <summary>A prefix continues a word; every other token begins one.</summary>
    /// <param name="Prefix">The prefix.</param>
    /// <param name="CleansUp">Spaces before punctuation and in English contractions go.</param>
    public sealed record WordPrefix(string Prefix, bool CleansUp) : DecoderStep;
}
