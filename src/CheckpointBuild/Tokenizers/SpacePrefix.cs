using System.Linq;

namespace CheckpointBuild.Tokenizers;

/// <summary>Whether a tokenizer puts a space before the text.</summary>
internal static class SpacePrefix
{
    /// <summary>Looks through the steps.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <returns>True when some step puts a space, or its mark, before the text.</returns>
    internal static bool IsPut(TokenizerModel model) =>
        model.Normalizer.Any(s => s is NormalizerStep.Prepend { Text: "\u2581" or " " } or NormalizerStep.SentencePiece { AddDummyPrefix: true })
        || model.PreTokenizer.Any(s => s is PreTokenizerStep.Metaspace { Prepend: not PrependScheme.Never } or PreTokenizerStep.ByteLevel { AddPrefixSpace: true });
}
