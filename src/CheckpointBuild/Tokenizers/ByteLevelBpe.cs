using System.Linq;
using CheckpointBuild.Tokenizers.Splitting;

namespace CheckpointBuild.Tokenizers;

/// <summary>Byte-pair encoding over bytes: GPT-2, Llama 3, Qwen, DeepSeek, tiktoken files.</summary>
internal sealed class ByteLevelBpe : TokenizerKind
{
    /// <inheritdoc/>
    public override string Name => "byte-level-bpe";

    /// <inheritdoc/>
    public override bool Fits(TokenizerModel model) =>
        model.Algorithm is TokenizerAlgorithm.BytePairs { FallsBackToBytes: false, ContinuingPrefix: null, WordSuffix: null }
        && model.PreTokenizer is [.., PreTokenizerStep.ByteLevel]
        && model.PreTokenizer.Count(s => s is PreTokenizerStep.ByteLevel) == 1;

    /// <inheritdoc/>
    internal override Splitter CreateEncoder(TokenizerModel model, Vocabulary vocabulary) => new ByteLevelEncoder(vocabulary, (TokenizerAlgorithm.BytePairs)model.Algorithm);
}
