using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tokenizers;

/// <content>The list.</content>
public abstract partial class TokenizerKind
{
    // Byte-level before the other byte pairs: both have merges, and only the first reads its letters as bytes.
    private static readonly TokenizerKind[] AllArray = [new ByteLevelBpe(), new SentencePieceBpe(), new Unigram()];

    /// <summary>Every kind, in the order in which a tokenizer is held against them.</summary>
    public static IReadOnlyList<TokenizerKind> All => AllArray;

    /// <summary>Finds the kind of a tokenizer.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <returns>The first kind that fits.</returns>
    /// <exception cref="CheckpointException">CKPT2109 when none does.</exception>
    public static TokenizerKind Of(TokenizerModel model) =>
        AllArray.FirstOrDefault(k => k.Fits(model)) ?? throw Errors.TokenizerKindUnknown(model.Algorithm.GetType().Name, AllArray.Select(k => k.Name));
}
