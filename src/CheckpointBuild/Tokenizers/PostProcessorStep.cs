using System.Collections.Immutable;

namespace CheckpointBuild.Tokenizers;

/// <summary>One step of what is put around the ids of a text. A tokenizer's post-processor is a list of steps; nested sequences are laid out flat.</summary>
public abstract record PostProcessorStep
{
    private PostProcessorStep()
    {
    }

    /// <summary>Moves offsets only; no id changes.</summary>
    /// <param name="AddPrefixSpace">As the pre-tokenizer's.</param>
    /// <param name="TrimOffsets">Whether offsets leave out white space.</param>
    public sealed record ByteLevel(bool AddPrefixSpace, bool TrimOffsets) : PostProcessorStep;

    /// <summary>Special tokens in a pattern.</summary>
    /// <param name="Single">For one text.</param>
    /// <param name="Pair">For two texts; kept for writers, never applied.</param>
    public sealed record Template(ImmutableArray<TemplatePiece> Single, ImmutableArray<TemplatePiece> Pair) : PostProcessorStep;

    /// <summary>BERT's or RoBERTa's start and end tokens.</summary>
    /// <param name="Start">The start token.</param>
    /// <param name="StartId">Its id.</param>
    /// <param name="End">The end token.</param>
    /// <param name="EndId">Its id.</param>
    /// <param name="DoublesBetween">RoBERTa's: two end tokens between two texts.</param>
    public sealed record StartAndEnd(string Start, int StartId, string End, int EndId, bool DoublesBetween) : PostProcessorStep;
}
