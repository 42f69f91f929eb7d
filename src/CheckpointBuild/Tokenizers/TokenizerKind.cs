using CheckpointBuild.Tokenizers.Splitting;

namespace CheckpointBuild.Tokenizers;

/// <summary>A way in which pieces of text become ids.</summary>
public abstract partial class TokenizerKind
{
    /// <summary>What reports call it.</summary>
    public abstract string Name { get; }

    /// <summary>Whether a tokenizer is of this kind.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <returns>True when it is.</returns>
    public abstract bool Fits(TokenizerModel model);

    /// <summary>Makes the chain that takes normalized text apart and turns it into ids.</summary>
    /// <param name="model">A tokenizer of this kind.</param>
    /// <returns>The first link.</returns>
    internal abstract Splitter CreateSplitter(TokenizerModel model);
}
