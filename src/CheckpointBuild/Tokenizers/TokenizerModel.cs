using System;
using System.Collections.Immutable;

namespace CheckpointBuild.Tokenizers;

/// <summary>Everything that a checkpoint states about its tokenizer, as data: no matter whether it came from <c>tokenizer.json</c>, <c>tokenizer.model</c> or GGUF metadata.</summary>
/// <remarks>Text passes through <see cref="Normalizer"/>, <see cref="PreTokenizer"/>, <see cref="Algorithm"/> and <see cref="PostProcessor"/>; added tokens are cut out before. Ids pass back through <see cref="Decoder"/>.</remarks>
public sealed record TokenizerModel
{
    /// <summary>How pieces become tokens.</summary>
    public required TokenizerAlgorithm Algorithm { get; init; }

    /// <summary>The algorithm's tokens by id; null where an id has none. Added tokens may stand here too, or in <see cref="AddedTokens"/> alone.</summary>
    public required ImmutableArray<string?> Tokens { get; init; }

    /// <summary>The tokens' scores by id; empty where none are stated.</summary>
    public ImmutableArray<double> Scores { get; init; } = [];

    /// <summary>The tokens' types by id; empty where none are stated.</summary>
    public ImmutableArray<TokenType> Types { get; init; } = [];

    /// <summary>Tokens that are cut out of the text first, in the order of the file.</summary>
    public ImmutableArray<AddedToken> AddedTokens { get; init; } = [];

    /// <summary>What happens to the text first.</summary>
    public ImmutableArray<NormalizerStep> Normalizer { get; init; } = [];

    /// <summary>How the normalized text is split.</summary>
    public ImmutableArray<PreTokenizerStep> PreTokenizer { get; init; } = [];

    /// <summary>What is put around the ids.</summary>
    public ImmutableArray<PostProcessorStep> PostProcessor { get; init; } = [];

    /// <summary>How tokens become text.</summary>
    public ImmutableArray<DecoderStep> Decoder { get; init; } = [];

    /// <summary>Special tokens by what they are for, each kind once, in the order in which they were found.</summary>
    public ImmutableArray<SpecialToken> SpecialTokens { get; init; } = [];

    /// <summary>Which special tokens the configuration says are added or not added to every text (<c>add_bos_token</c> and the like), in its order.</summary>
    public ImmutableArray<StatedAddition> StatedAdditions { get; init; } = [];

    /// <summary>Whether the configuration says that a space is put before the text (<c>add_prefix_space</c>), where it does.</summary>
    public bool? StatedSpacePrefix { get; init; }

    /// <summary>The chat templates, in the order of the files.</summary>
    public ImmutableArray<ChatTemplateText> ChatTemplates { get; init; } = [];

    /// <summary>The SentencePiece model that the source has, alone or beside <c>tokenizer.json</c>; GGUF files carry its scores.</summary>
    public SentencePieceModel? SentencePiece { get; init; }

    /// <summary>llama.cpp's name of the pre-tokenizer, where the source is a GGUF file.</summary>
    public string? PreTokenizerName { get; init; }

    /// <summary>The tokenizer's class as the configuration names it (<c>GPT2Tokenizer</c>), where it does.</summary>
    public string? ClassName { get; init; }

    /// <summary>One more than the highest id of a token, added ones included.</summary>
    public int VocabularySize
    {
        get
        {
            int size = Tokens.Length;
            foreach (AddedToken token in AddedTokens)
            {
                size = Math.Max(size, token.Id + 1);
            }

            return size;
        }
    }

    /// <summary>Finds a special token.</summary>
    /// <param name="kind">What it is for.</param>
    /// <returns>Its id, or null where there is none.</returns>
    public int? IdOf(SpecialTokenKind kind)
    {
        foreach (SpecialToken token in SpecialTokens)
        {
            if (token.Kind == kind)
            {
                return token.Id;
            }
        }

        return null;
    }
}
