using System.Collections.Immutable;

namespace CheckpointBuild.Tokenizers;

/// <summary>One step of what happens to text before it is split. A tokenizer's normalizer is a list of steps; nested sequences are laid out flat.</summary>
public abstract record NormalizerStep
{
    private NormalizerStep()
    {
    }

    /// <summary>A Unicode normalization form.</summary>
    /// <param name="Form">The form.</param>
    public sealed record Unicode(UnicodeForm Form) : NormalizerStep;

    /// <summary>Small letters.</summary>
    public sealed record Lowercase : NormalizerStep;

    /// <summary>White space at the ends goes.</summary>
    /// <param name="Left">At the start.</param>
    /// <param name="Right">At the end.</param>
    public sealed record Strip(bool Left, bool Right) : NormalizerStep;

    /// <summary>Combining marks go.</summary>
    public sealed record StripAccents : NormalizerStep;

    /// <summary>What a pattern finds is replaced.</summary>
    /// <param name="Pattern">The pattern.</param>
    /// <param name="Content">What stands there afterwards.</param>
    public sealed record Replace(TextPattern Pattern, string Content) : NormalizerStep;

    /// <summary>A text is put before every piece that is not empty.</summary>
    /// <param name="Text">The text.</param>
    public sealed record Prepend(string Text) : NormalizerStep;

    /// <summary>SentencePiece's rules for control characters and odd spaces.</summary>
    public sealed record Nmt : NormalizerStep;

    /// <summary>SentencePiece's compiled replacement table, applied grapheme by grapheme as Hugging Face's library does.</summary>
    /// <param name="Table">The table's bytes.</param>
    public sealed record Charsmap(ImmutableArray<byte> Table) : NormalizerStep;

    /// <summary>SentencePiece's own normalizer, as <c>tokenizer.model</c> states it.</summary>
    /// <param name="Table">The compiled replacement table, applied to the longest prefix; empty for none.</param>
    /// <param name="AddDummyPrefix">A space is put before the text.</param>
    /// <param name="RemoveExtraWhitespaces">Spaces at the ends go, runs become one.</param>
    /// <param name="EscapeWhitespaces">Spaces become U+2581.</param>
    public sealed record SentencePiece(ImmutableArray<byte> Table, bool AddDummyPrefix, bool RemoveExtraWhitespaces, bool EscapeWhitespaces) : NormalizerStep;

    /// <summary>BERT's normalizer.</summary>
    /// <param name="CleanText">Control characters go, white space becomes spaces.</param>
    /// <param name="HandleChineseChars">Spaces around Chinese characters.</param>
    /// <param name="StripsAccents">Accents go; null as <paramref name="ToLower"/> says.</param>
    /// <param name="ToLower">Small letters.</param>
    public sealed record Bert(bool CleanText, bool HandleChineseChars, bool? StripsAccents, bool ToLower) : NormalizerStep;
}
