using System.Linq;
using CheckpointBuild.Tokenizers.Splitting;

namespace CheckpointBuild.Tokenizers;

/// <summary>Byte-pair encoding over bytes: GPT-2, Llama 3, Qwen, DeepSeek, tiktoken files.</summary>
internal sealed class ByteLevelBpe : TokenizerKind
{
    /// <inheritdoc/>
    public override string Name => "byte-level-bpe";

    /// <inheritdoc/>
    public override bool Fits(TokenizerModel model) => model.Algorithm is TokenizerAlgorithm.BytePairs && model.PreTokenizer.Any(s => s is PreTokenizerStep.ByteLevel);

    /// <inheritdoc/>
    internal override Splitter CreateSplitter(TokenizerModel model)
    {
        var vocabulary = new Vocabulary(model.Tokens);
        var algorithm = (TokenizerAlgorithm.BytePairs)model.Algorithm;
        if (model.PreTokenizer is [.., PreTokenizerStep.ByteLevel last] && algorithm is { FallsBackToBytes: false, ContinuingPrefix: null, WordSuffix: null })
        {
            // The usual case: pieces stay text up to the end and their bytes are looked up directly.
            return SplitterChain.Build(model.PreTokenizer[..^1], SplitterChain.BuildBefore(last, new ByteLevelEncoder(vocabulary, algorithm)));
        }

        return SplitterChain.Build(model.PreTokenizer, new CharacterPairEncoder(vocabulary, algorithm));
    }
}
