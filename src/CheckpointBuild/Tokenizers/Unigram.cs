using CheckpointBuild.Tokenizers.Splitting;

namespace CheckpointBuild.Tokenizers;

/// <summary>The split with the highest sum of scores: T5, XLM-R, models trained with SentencePiece's defaults.</summary>
internal sealed class Unigram : TokenizerKind
{
    /// <inheritdoc/>
    public override string Name => "unigram";

    /// <inheritdoc/>
    public override bool Fits(TokenizerModel model) => model.Algorithm is TokenizerAlgorithm.Unigram;

    /// <inheritdoc/>
    internal override Splitter CreateSplitter(TokenizerModel model) => SplitterChain.Build(model.PreTokenizer, new UnigramEncoder(model));
}
