using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace CheckpointBuild.Tokenizers.Writing;

/// <summary>SentencePiece's byte pairs as transformers' converter for Llama (<c>LlamaConverter</c>, 4.46.3) writes them: spaces become marks, and whatever else the model's own normalizer does is forgotten.</summary>
internal static class TransformersForm
{
    private static readonly NormalizerStep Mark = new NormalizerStep.Replace(new TextPattern(" ", IsExpression: false), "\u2581");

    /// <summary>Rewrites a tokenizer.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <returns>What the converter makes of it; null where it is not of byte pairs with scores.</returns>
    internal static TokenizerModel? Of(TokenizerModel model) => model.Algorithm is TokenizerAlgorithm.ScoredPairs pairs
        ? model with
        {
            Algorithm = new TokenizerAlgorithm.BytePairs(Merges(model))
            {
                FallsBackToBytes = pairs.FallsBackToBytes,
                FusesUnknown = true,
                UnknownToken = model.Tokens.ElementAtOrDefault(pairs.UnknownId),
            },
            Normalizer = [Mark],
            Decoder = [.. model.Decoder.Where(s => s is not DecoderStep.Strip)],
        }
        : null;

    // generate_merges: of each piece the splits by the ids of their parts, then all by score and the lengths of the parts, the greatest first, in place where equal.
    private static ImmutableArray<Merge> Merges(TokenizerModel model)
    {
        var vocabulary = new Vocabulary(model.Tokens);
        var merges = new List<(double Score, int Left, int Right)>();
        for (int id = 0; id < model.Tokens.Length; id++)
        {
            string text = model.Tokens[id] ?? "";
            var splits = new List<(int Left, int Right)>();
            for (int i = 1; i < text.Length; i++)
            {
                if (vocabulary.IdOf(text.AsSpan(0, i)) is >= 0 and int left && vocabulary.IdOf(text.AsSpan(i)) is >= 0 and int right)
                {
                    splits.Add((left, right));
                }
            }

            splits.Sort();
            merges.AddRange(splits.Select(s => (model.Scores[id], s.Left, s.Right)));
        }

        return [.. merges.OrderByDescending(m => m.Score).ThenByDescending(m => Length(model.Tokens[m.Left]!)).ThenByDescending(m => Length(model.Tokens[m.Right]!)).Select(m => new Merge(model.Tokens[m.Left]!, model.Tokens[m.Right]!))];
    }

    // As Python counts.
    private static int Length(string text) => text.EnumerateRunes().Count();
}
