using CheckpointBuild.Tokenizers.Splitting;

namespace CheckpointBuild.Tokenizers;

/// <summary>Byte-pair encoding over characters, as SentencePiece trains it: Llama 2, Mistral, Gemma, Phi-3.</summary>
internal sealed class SentencePieceBpe : TokenizerKind
{
    /// <inheritdoc/>
    public override string Name => "sentencepiece-bpe";

    /// <inheritdoc/>
    public override bool Fits(TokenizerModel model) => model.Algorithm is TokenizerAlgorithm.BytePairs or TokenizerAlgorithm.ScoredPairs;

    /// <inheritdoc/>
    internal override Splitter CreateSplitter(TokenizerModel model) => SplitterChain.Build(
        model.PreTokenizer,
        model.Algorithm is TokenizerAlgorithm.BytePairs pairs ? new CharacterPairEncoder(new Vocabulary(model.Tokens), pairs) : new ScoredPairEncoder(model));
}
