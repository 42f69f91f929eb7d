namespace CheckpointBuild.Tokenizers;

/// <summary>One step of how normalized text is split into the pieces that the algorithm sees one by one. A tokenizer's pre-tokenizer is a list of steps; nested sequences are laid out flat.</summary>
public abstract record PreTokenizerStep
{
    private PreTokenizerStep()
    {
    }

    /// <summary>Splits where a pattern is found.</summary>
    /// <param name="Pattern">The pattern.</param>
    /// <param name="Behavior">What becomes of what it finds.</param>
    /// <param name="Invert">What it does not find counts as found, and the other way round.</param>
    public sealed record Split(TextPattern Pattern, SplitBehavior Behavior, bool Invert) : PreTokenizerStep;

    /// <summary>The pieces become bytes, written as the 256 letters of byte-level vocabularies.</summary>
    /// <param name="AddPrefixSpace">A space is put before every piece that does not begin with one.</param>
    /// <param name="UseRegex">GPT-2's pattern splits first.</param>
    public sealed record ByteLevel(bool AddPrefixSpace, bool UseRegex) : PreTokenizerStep;

    /// <summary>Spaces become a mark, and pieces begin with it.</summary>
    /// <param name="Mark">The mark: U+2581.</param>
    /// <param name="Prepend">Where it is put before a piece.</param>
    /// <param name="Splits">Whether every mark begins a piece.</param>
    public sealed record Metaspace(string Mark, PrependScheme Prepend, bool Splits) : PreTokenizerStep;

    /// <summary>Digits stand apart.</summary>
    /// <param name="Individually">Each on its own, or runs together.</param>
    public sealed record Digits(bool Individually) : PreTokenizerStep;

    /// <summary>Punctuation stands apart.</summary>
    /// <param name="Behavior">What becomes of it.</param>
    public sealed record Punctuation(SplitBehavior Behavior) : PreTokenizerStep;

    /// <summary>White space separates pieces and goes.</summary>
    public sealed record WhitespaceSplit : PreTokenizerStep;

    /// <summary>Words and runs of other characters; white space goes.</summary>
    public sealed record Whitespace : PreTokenizerStep;

    /// <summary>BERT's: white space goes, punctuation stands apart.</summary>
    public sealed record Bert : PreTokenizerStep;

    /// <summary>A character separates pieces and goes.</summary>
    /// <param name="Delimiter">The character.</param>
    public sealed record Delimited(string Delimiter) : PreTokenizerStep;
}
