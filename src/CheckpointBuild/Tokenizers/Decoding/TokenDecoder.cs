using System;

namespace CheckpointBuild.Tokenizers.Decoding;

/// <summary>Turns ids into text.</summary>
internal abstract class TokenDecoder
{
    private readonly string?[] _texts;
    private readonly bool[] _isSpecial;

    /// <summary>Collects the tokens' texts.</summary>
    /// <param name="model">The tokenizer.</param>
    private protected TokenDecoder(TokenizerModel model)
    {
        _texts = new string?[model.VocabularySize];
        _isSpecial = new bool[_texts.Length];
        model.Tokens.CopyTo(_texts);
        foreach (AddedToken token in model.AddedTokens)
        {
            _texts[token.Id] = token.Content;
            _isSpecial[token.Id] |= token.IsSpecial;
        }
    }

    /// <summary>Makes the decoder of a tokenizer.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <returns>The decoder.</returns>
    internal static TokenDecoder Create(TokenizerModel model) =>
        model.Decoder is [DecoderStep.ByteLevel] ? new ByteLevelDecoder(model) : new StepDecoder(model);

    /// <summary>A token's text.</summary>
    /// <param name="id">An id.</param>
    /// <returns>The text, or null where the id is no token.</returns>
    internal string? TextOf(int id) => (uint)id < (uint)_texts.Length ? _texts[id] : null;

    /// <summary>Whether an id gives text.</summary>
    /// <param name="id">An id.</param>
    /// <param name="options">What is left out.</param>
    /// <returns>False where it is no token or is left out.</returns>
    internal bool IsDecoded(int id, DecodeOptions options) => TextOf(id) is not null && ((options & DecodeOptions.SkipSpecialTokens) == 0 || !_isSpecial[id]);

    /// <summary>Turns ids into text.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="options">What is left out.</param>
    /// <returns>The text.</returns>
    internal abstract string Decode(ReadOnlySpan<int> ids, DecodeOptions options);
}
