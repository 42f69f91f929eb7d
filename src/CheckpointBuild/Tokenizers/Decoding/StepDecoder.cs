using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using CheckpointBuild.Tokenizers.Patterns;

namespace CheckpointBuild.Tokenizers.Decoding;

/// <summary>Applies a tokenizer's decoder steps to the list of tokens. Without steps, tokens are joined by spaces, as the reference does.</summary>
internal sealed class StepDecoder : TokenDecoder
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly Func<List<string>, List<string>>[] _steps;

    /// <summary>Prepares the steps.</summary>
    /// <param name="model">The tokenizer.</param>
    internal StepDecoder(TokenizerModel model)
        : base(model) => _steps = Array.ConvertAll([.. model.Decoder], Prepare);

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

        if (_steps.Length == 0)
        {
            return string.Join(' ', tokens);
        }

        foreach (Func<List<string>, List<string>> step in _steps)
        {
            tokens = step(tokens);
        }

        return string.Concat(tokens);
    }

    private static Func<List<string>, List<string>> Prepare(DecoderStep step)
    {
        switch (step)
        {
            case DecoderStep.ByteLevel:
                return tokens => [JoinLetters(tokens)];
            case DecoderStep.ByteFallback:
                return JoinBytes;
            case DecoderStep.Fuse:
                return tokens => [string.Concat(tokens)];
            case DecoderStep.Replace { Pattern.IsExpression: false } replace:
                return tokens => tokens.ConvertAll(t => replace.Pattern.Text.Length == 0 ? t : t.Replace(replace.Pattern.Text, replace.Content, StringComparison.Ordinal));
            case DecoderStep.Replace replace:
                var pattern = Pattern.Parse(replace.Pattern.Text);
                return tokens => tokens.ConvertAll(t => pattern.Replace(t, replace.Content));
            case DecoderStep.Strip strip:
                return tokens => tokens.ConvertAll(t => Strip(t, strip));
            case DecoderStep.Metaspace metaspace:
                return tokens => Each(tokens, (t, i) => t.Replace(metaspace.Mark, i == 0 && metaspace.Prepend != PrependScheme.Never ? "" : " ", StringComparison.Ordinal));
            case DecoderStep.WordSuffix suffix:
                return tokens => Each(tokens, (t, i) => suffix.Suffix.Length == 0 ? t : t.Replace(suffix.Suffix, i == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal));
            case DecoderStep.WordPrefix prefix:
                return tokens => Each(tokens, (t, i) => Continue(t, i, prefix));
            default:
                throw new ArgumentException($"no such decoder step: {step}", nameof(step));
        }
    }

    private static List<string> Each(List<string> tokens, Func<string, int, string> change)
    {
        var changed = new List<string>(tokens.Count);
        for (int i = 0; i < tokens.Count; i++)
        {
            changed.Add(change(tokens[i], i));
        }

        return changed;
    }

    private static string JoinLetters(List<string> tokens)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (string token in tokens)
        {
            ByteLevelDecoder.Write(token, bytes);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static List<string> JoinBytes(List<string> tokens)
    {
        var joined = new List<string>(tokens.Count);
        var bytes = new List<byte>();
        foreach (string token in tokens)
        {
            if (ByteTokens.TryRead(token, out byte value))
            {
                bytes.Add(value);
                continue;
            }

            Flush();
            joined.Add(token);
        }

        Flush();
        return joined;

        void Flush()
        {
            if (bytes.Count > 0)
            {
                joined.Add(TextOf(bytes));
                bytes.Clear();
            }
        }
    }

    private static string TextOf(List<byte> bytes)
    {
        try
        {
            return Strict.GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            // The whole run is given up, one mark a byte: so does the reference.
            return new string('\uFFFD', bytes.Count);
        }
    }

    private static string Strip(string token, DecoderStep.Strip strip)
    {
        ReadOnlySpan<char> rest = token;
        for (int i = 0; i < strip.Start && strip.Content.Length > 0 && rest.StartsWith(strip.Content, StringComparison.Ordinal); i++)
        {
            rest = rest[strip.Content.Length..];
        }

        for (int i = 0; i < strip.Stop && strip.Content.Length > 0 && rest.EndsWith(strip.Content, StringComparison.Ordinal); i++)
        {
            rest = rest[..^strip.Content.Length];
        }

        return rest.Length == token.Length ? token : rest.ToString();
    }

    private static string Continue(string token, int index, DecoderStep.WordPrefix step)
    {
        if (index > 0)
        {
            token = token.StartsWith(step.Prefix, StringComparison.Ordinal) ? token[step.Prefix.Length..] : " " + token;
        }

        return step.CleansUp
            ? token.Replace(" .", ".", StringComparison.Ordinal).Replace(" ?", "?", StringComparison.Ordinal).Replace(" !", "!", StringComparison.Ordinal).Replace(" ,", ",", StringComparison.Ordinal)
                .Replace(" ' ", "'", StringComparison.Ordinal).Replace(" n't", "n't", StringComparison.Ordinal).Replace(" 'm", "'m", StringComparison.Ordinal).Replace(" do not", " don't", StringComparison.Ordinal)
                .Replace(" 's", "'s", StringComparison.Ordinal).Replace(" 've", "'ve", StringComparison.Ordinal).Replace(" 're", "'re", StringComparison.Ordinal)
            : token;
    }
}
