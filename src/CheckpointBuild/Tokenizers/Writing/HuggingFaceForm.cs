using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace CheckpointBuild.Tokenizers.Writing;

/// <summary>Rewrites a tokenizer in the parts that a <c>tokenizer.json</c> has: SentencePiece's normalizer as separate steps, its byte pairs as merges.</summary>
internal static class HuggingFaceForm
{
    private const string Mark = "\u2581";

    /// <summary>Rewrites a tokenizer; one that came from such a file stays as it is.</summary>
    /// <param name="model">The tokenizer.</param>
    /// <returns>The tokenizer, with the same ids for every text.</returns>
    internal static TokenizerModel Of(TokenizerModel model)
    {
        if (model.Algorithm is TokenizerAlgorithm.ScoredPairs pairs)
        {
            model = model with { Algorithm = AsMerges(model, pairs), AddedTokens = WithUserDefined(model) };
        }

        if (model.Algorithm is TokenizerAlgorithm.Unigram && model.Tokens.Contains(null))
        {
            model = WithoutHoles(model);
        }

        return model.Normalizer.Any(s => s is NormalizerStep.SentencePiece) ? model with { Normalizer = [.. model.Normalizer.SelectMany(Steps)] } : model;
    }

    /// <summary>Every pair of pieces whose union is a piece, the best score first.</summary>
    private static TokenizerAlgorithm.BytePairs AsMerges(TokenizerModel model, TokenizerAlgorithm.ScoredPairs pairs)
    {
        var vocabulary = new Vocabulary(model.Tokens);
        var merges = new List<(double Score, int Joined, int Left, int Right)>();
        for (int id = 0; id < model.Tokens.Length; id++)
        {
            string text = IsJoined(model, id) ? model.Tokens[id]! : "";
            for (int i = 1; i < text.Length; i++)
            {
                int left = vocabulary.IdOf(text.AsSpan(0, i));
                int right = vocabulary.IdOf(text.AsSpan(i));
                if (left >= 0 && right >= 0 && IsJoined(model, left) && IsJoined(model, right))
                {
                    merges.Add((-model.Scores[id], id, left, right));
                }
            }
        }

        merges.Sort();
        return new([.. merges.Select(m => new Merge(model.Tokens[m.Left]!, model.Tokens[m.Right]!))])
        {
            FallsBackToBytes = pairs.FallsBackToBytes,
            FusesUnknown = true,
            UnknownToken = model.Tokens.ElementAtOrDefault(pairs.UnknownId),
        };
    }

    private static bool IsJoined(TokenizerModel model, int id) => model.Tokens[id] is not null && model.Types[id] is TokenType.Normal or TokenType.UserDefined;

    /// <summary>User-defined pieces are found whole: in this form that is what added tokens are.</summary>
    private static ImmutableArray<AddedToken> WithUserDefined(TokenizerModel model) =>
    [
        .. model.AddedTokens
            .Concat(model.Types.Select((type, id) => (type, id))
                .Where(t => t.type == TokenType.UserDefined && model.Tokens[t.id] is not null && model.AddedTokens.All(a => a.Id != t.id))
                .Select(t => new AddedToken(t.id, model.Tokens[t.id]!, AddedTokenRules.None)))
            .OrderBy(t => t.Id),
    ];

    /// <summary>A list of scored pieces has no holes: a piece that no text holds fills them.</summary>
    private static TokenizerModel WithoutHoles(TokenizerModel model) => model with
    {
        Tokens = [.. model.Tokens.Select((text, id) => text ?? $"[PAD{id}]")],
        Scores = [.. model.Scores.Select((score, id) => model.Tokens[id] is null ? -10000 : score)],
    };

    private static IEnumerable<NormalizerStep> Steps(NormalizerStep step)
    {
        if (step is not NormalizerStep.SentencePiece own)
        {
            yield return step;
            yield break;
        }

        if (!own.Table.IsEmpty)
        {
            yield return new NormalizerStep.Charsmap(own.Table);
        }

        if (own.RemoveExtraWhitespaces)
        {
            yield return new NormalizerStep.Replace(new TextPattern(" {2,}", IsExpression: true), " ");
            yield return new NormalizerStep.Replace(new TextPattern(@"\A | \z", IsExpression: true), "");
        }

        if (own.AddDummyPrefix)
        {
            yield return new NormalizerStep.Prepend(own.EscapeWhitespaces ? Mark : " ");
        }

        if (own.EscapeWhitespaces)
        {
            yield return new NormalizerStep.Replace(new TextPattern(" ", IsExpression: false), Mark);
        }
    }
}
