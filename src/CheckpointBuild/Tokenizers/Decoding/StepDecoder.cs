using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using CheckpointBuild.Tokenizers.Normalizing;

namespace CheckpointBuild.Tokenizers.Decoding;

/// <summary>Applies a tokenizer's decoder steps to the list of tokens. Without steps, tokens are joined by spaces, as the reference does.</summary>
internal sealed class StepDecoder : TokenDecoder
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly Func<List<string>, long, List<string>>[] _steps;

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

        long most = TextGrowth.MostFor(LengthOf(tokens));
        foreach (Func<List<string>, long, List<string>> step in _steps)
        {
            tokens = step(tokens, most);
        }

        return string.Concat(tokens);
    }

    private static Func<List<string>, long, List<string>> Prepare(DecoderStep step)
    {
        switch (step)
        {
            case DecoderStep.ByteLevel:
                return (tokens, _) => [JoinLetters(tokens)];
            case DecoderStep.ByteFallback:
                return (tokens, _) => JoinBytes(tokens);
            case DecoderStep.Fuse:
                return (tokens, _) => [string.Concat(tokens)];
            case DecoderStep.Replace replace:
                Func<string, long, string> replacement = TextGrowth.Replacement(replace.Pattern, replace.Content);
                return (tokens, most) => Replace(tokens, replacement, most);
            case DecoderStep.Strip strip:
                return (tokens, _) => tokens.ConvertAll(t => Strip(t, strip));
            case DecoderStep.Metaspace metaspace:
                return (tokens, _) => Each(tokens, (t, i) => t.Replace(metaspace.Mark, i == 0 && metaspace.Prepend != PrependScheme.Never ? "" : " ", StringComparison.Ordinal));
            case DecoderStep.WordSuffix suffix:
                return (tokens, _) => Each(tokens, (t, i) => suffix.Suffix.Length == 0 ? t : t.Replace(suffix.Suffix, i == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal));
            case DecoderStep.WordPrefix prefix:
                return (tokens, _) => Each(tokens, (t, i) => Continue(t, i, prefix));
            default:
                throw new ArgumentException($"no such decoder step: {step}", nameof(step));
        }
    }

    private static List<string> Replace(List<string> tokens, Func<string, long, string> replacement, long most)
    {
        var replaced = new List<string>(tokens.Count);
        long length = 0;
        foreach (string token in tokens)
        {
            replaced.Add(replacement(token, most - length));
            length += replaced[^1].Length;
            TextGrowth.Check(length, most);
        }

        return replaced;
    }

    private static long LengthOf(List<string> tokens)
    {
        long length = 0;
        foreach (string token in tokens)
        {
            length += token.Length;
        }

        return length;
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
