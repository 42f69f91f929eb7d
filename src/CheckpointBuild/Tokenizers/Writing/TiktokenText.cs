using System;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using CheckpointBuild.Tokenizers.Merging;
using CheckpointBuild.Tokenizers.Reading;

namespace CheckpointBuild.Tokenizers.Writing;

/// <summary>Writes tiktoken's file form, Meta's <c>tokenizer.model</c> since Llama 3, of a tokenizer that came from elsewhere.</summary>
/// <remarks>The form holds tokens and ranks alone. What it leaves to Meta's code must therefore be what the tokenizer has: the split pattern, the special tokens, merges that follow from the ranks.</remarks>
internal static class TiktokenText
{
    /// <summary>Writes the file.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <returns>A line for each token; null where the form would not say all of the tokenizer.</returns>
    internal static byte[]? Of(TokenizerModel tokenizer)
    {
        int ranks = tokenizer.AddedTokens.IsEmpty ? 0 : tokenizer.AddedTokens.Min(t => t.Id);
        if (ranks == 0 || ranks > tokenizer.Tokens.Length || !SplitsAsLlama(tokenizer) || !HasSpecialTokens(tokenizer, ranks))
        {
            return null;
        }

        // Added tokens may stand among the others too, behind the ranks.
        ImmutableArray<string?> tokens = tokenizer.Tokens[..ranks];
        return tokenizer.Algorithm is TokenizerAlgorithm.BytePairs pairs && !tokens.Contains(null) && pairs.Merges.AsSpan().SequenceEqual(TiktokenFile.Merges(tokens).AsSpan()) ? Lines(tokens) : null;
    }

    private static bool SplitsAsLlama(TokenizerModel tokenizer) => tokenizer.Normalizer.IsEmpty
        && tokenizer.PreTokenizer is [PreTokenizerStep.Split { Pattern: { IsExpression: true, Text: TiktokenFile.Pattern }, Behavior: SplitBehavior.Isolated, Invert: false }, PreTokenizerStep.ByteLevel { AddPrefixSpace: false, UseRegex: false }];

    private static bool HasSpecialTokens(TokenizerModel tokenizer, int first)
    {
        AddedToken[] added = [.. tokenizer.AddedTokens.OrderBy(t => t.Id)];
        return added.Select((t, i) => t.Id - first - i).All(gap => gap == 0)
            && Array.Exists([LlamaRelease.Llama3, LlamaRelease.Llama31], release => LlamaSpecialTokens.Names(release).Take(added.Length).SequenceEqual(added.Select(t => t.Content)));
    }

    private static byte[]? Lines(ImmutableArray<string?> tokens)
    {
        using var lines = new MemoryStream();
        for (int rank = 0; rank < tokens.Length; rank++)
        {
            byte[] bytes = new byte[tokens[rank]!.Length];
            for (int i = 0; i < bytes.Length; i++)
            {
                if (!ByteLetters.TryGetByte(tokens[rank]![i], out bytes[i]))
                {
                    return null;
                }
            }

            lines.Write(System.Text.Encoding.ASCII.GetBytes($"{Convert.ToBase64String(bytes)} {rank.ToString(CultureInfo.InvariantCulture)}\n"));
        }

        return lines.ToArray();
    }
}
