using System;
using System.Globalization;
using System.Linq;
using System.Text;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tokenizers.Decoding;
using CheckpointBuild.Tokenizers.Normalizing;
using CheckpointBuild.Tokenizers.Splitting;

namespace CheckpointBuild.Tokenizers;

/// <summary>Turns text into ids and ids into text. Immutable, and safe for several threads.</summary>
/// <remarks>
/// Encoding: added tokens are cut out; what lies between is normalized, added tokens that are searched in normalized text are cut out of that, the rest runs through the chain of splitters whose last link makes ids;
/// the post-processor puts special tokens around them all.
/// </remarks>
public sealed class Tokenizer
{
    private readonly AddedTokenFinder _asWritten;
    private readonly AddedTokenFinder _normalized;
    private readonly Normalizer _normalizer;
    private readonly Splitter _splitter;
    private readonly TokenDecoder _decoder;

    private Tokenizer(TokenizerModel model)
    {
        Model = model;
        Kind = TokenizerKind.Of(model);
        _normalizer = new Normalizer(model);
        _asWritten = new AddedTokenFinder(model.AddedTokens.Where(t => !t.IsNormalized).Select(t => (t.Content, t)));
        _normalized = new AddedTokenFinder(model.AddedTokens.Where(t => t.IsNormalized).Select(t => (_normalizer.Apply(t.Content), t)));
        _splitter = Kind.CreateSplitter(model);
        _decoder = TokenDecoder.Create(model);
    }

    /// <summary>What it was made from.</summary>
    public TokenizerModel Model { get; }

    /// <summary>Its kind.</summary>
    public TokenizerKind Kind { get; }

    /// <summary>One more than the highest id.</summary>
    public int VocabularySize => Model.VocabularySize;

    /// <summary>Makes a tokenizer.</summary>
    /// <param name="model">What it is to do.</param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="CheckpointException">21xx where the model cannot be carried out.</exception>
    public static Tokenizer Create(TokenizerModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new Tokenizer(model);
    }

    /// <summary>Turns text into ids.</summary>
    /// <param name="text">The text. Half a surrogate pair counts as U+FFFD.</param>
    /// <param name="options">What is added and parsed.</param>
    /// <returns>The ids.</returns>
    public int[] Encode(string text, EncodeOptions options = EncodeOptions.Default)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = WithoutHalfPairs(text);
        var state = new EncodeState();
        AddedTokenCuts cuts = _asWritten.Cut(text, options);
        while (cuts.MoveNext())
        {
            if (cuts.Token is { } token)
            {
                state.Ids.Add(token.Id);
            }
            else
            {
                EncodeBetween(cuts.Text, cuts.Start == 0 ? PiecePlace.AtStart : PiecePlace.Inside, options, state);
            }
        }

        return (options & EncodeOptions.AddSpecialTokens) != 0 ? PostProcessor.Apply(Model.PostProcessor, state.Ids) : [.. state.Ids];
    }

    /// <summary>Turns ids into text.</summary>
    /// <param name="ids">The ids; those that are no token are left out.</param>
    /// <param name="options">What is left out.</param>
    /// <returns>The text; bytes that are not UTF-8 become U+FFFD.</returns>
    public string Decode(ReadOnlySpan<int> ids, DecodeOptions options = DecodeOptions.None) => _decoder.Decode(ids, options);

    /// <summary>Begins to turn ids into text one by one.</summary>
    /// <param name="options">What is left out.</param>
    /// <returns>The stream.</returns>
    public TokenStream DecodeStream(DecodeOptions options = DecodeOptions.None) => new(this, options);

    /// <summary>The text that a token stands for in the files: letters of bytes and marks of spaces included.</summary>
    /// <param name="id">An id.</param>
    /// <returns>The text, or null where the id is no token.</returns>
    public string? TokenText(int id) => _decoder.TextOf(id);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind.Name}, {VocabularySize} tokens");

    private void EncodeBetween(ReadOnlySpan<char> text, PiecePlace place, EncodeOptions options, EncodeState state)
    {
        if (!_normalizer.IsEmpty)
        {
            text = _normalizer.Apply(text.ToString());
        }

        AddedTokenCuts cuts = _normalized.Cut(text, options);
        while (cuts.MoveNext())
        {
            if (cuts.Token is { } token)
            {
                state.Ids.Add(token.Id);
            }
            else
            {
                _splitter.Split(cuts.Text, cuts.Start == 0 ? place : PiecePlace.Inside, state);
            }
        }
    }

    private static string WithoutHalfPairs(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            return text;
        }

        var output = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            output.Append(rune.ToString());
        }

        return output.Equals(text) ? text : output.ToString();
    }
}
