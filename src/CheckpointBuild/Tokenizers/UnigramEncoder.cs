using System;
using System.Collections.Generic;
using System.Text;
using CheckpointBuild.Tokenizers.Merging;
using CheckpointBuild.Tokenizers.Splitting;

namespace CheckpointBuild.Tokenizers;

/// <summary>The last link of unigram tokenizers: of all ways to cover a piece with tokens, the one with the highest sum of scores (Viterbi).</summary>
internal sealed class UnigramEncoder : Splitter
{
    /// <summary>How much worse than the worst token an unknown character is.</summary>
    private const double UnknownPenalty = 10;

    private readonly PieceTrie _trie;
    private readonly Vocabulary _vocabulary;
    private readonly double[] _scores;
    private readonly double _unknownScore;
    private readonly int _unknown;
    private readonly int[]? _bytes;
    private readonly bool _sumsInSingle;
    private readonly WordCache _cache = new();

    /// <summary>Prepares the tables.</summary>
    /// <param name="model">The tokenizer.</param>
    internal UnigramEncoder(TokenizerModel model)
    {
        var algorithm = (TokenizerAlgorithm.Unigram)model.Algorithm;
        _vocabulary = new Vocabulary(model.Tokens);
        _scores = [.. model.Scores];
        _sumsInSingle = !model.Types.IsEmpty;
        _unknown = algorithm.UnknownId ?? Vocabulary.None;
        _bytes = algorithm.FallsBackToBytes ? ByteTokens.IdsIn(_vocabulary) : null;

        _trie = MakeTrie(model);
        _unknownScore = LeastScore(model) - UnknownPenalty;
        FavourUserDefined(model);
    }

    /// <inheritdoc/>
    internal override void Split(ReadOnlySpan<char> piece, PiecePlace place, EncodeState output)
    {
        if (_cache.TryAppend(piece, output.Ids))
        {
            return;
        }

        int from = output.Ids.Count;
        Step[] best = FindBest(piece);
        Append(piece, best, output.Ids);
        _cache.Remember(piece, output.Ids, from);
    }

    /// <summary>Where the file states types, only text is matched; a <c>tokenizer.json</c> states none, and there every piece is.</summary>
    private static bool IsMatched(TokenizerModel model, int id) =>
        model.Tokens[id] is { Length: > 0 } && (model.Types.IsEmpty || model.Types[id] is TokenType.Normal or TokenType.UserDefined);

    private static PieceTrie MakeTrie(TokenizerModel model)
    {
        int units = 0;
        for (int id = 0; id < model.Scores.Length; id++)
        {
            units = checked(units + (IsMatched(model, id) ? model.Tokens[id]!.Length : 0));
        }

        var trie = new PieceTrie(units);
        for (int id = 0; id < model.Scores.Length; id++)
        {
            if (IsMatched(model, id))
            {
                trie.Add(model.Tokens[id]!, id);
            }
        }

        return trie;
    }

    private static double LeastScore(TokenizerModel model)
    {
        double least = double.MaxValue;
        for (int id = 0; id < model.Scores.Length; id++)
        {
            least = model.Types.IsEmpty || model.Types[id] == TokenType.Normal ? Math.Min(least, model.Scores[id]) : least;
        }

        return least;
    }

    /// <summary>A user-defined piece scores as if each of its bytes were the best piece there is, so that it always wins.</summary>
    private void FavourUserDefined(TokenizerModel model)
    {
        double best = double.MinValue;
        for (int id = 0; id < model.Types.Length; id++)
        {
            best = model.Types[id] == TokenType.Normal ? Math.Max(best, model.Scores[id]) : best;
        }

        for (int id = 0; id < model.Types.Length; id++)
        {
            if (model.Types[id] == TokenType.UserDefined)
            {
                _scores[id] = (Encoding.UTF8.GetByteCount(model.Tokens[id]!) * best) - 0.1;
            }
        }
    }

    private Step[] FindBest(ReadOnlySpan<char> piece)
    {
        var best = new Step[piece.Length + 1];
        Array.Fill(best, new Step(0, -1, -1));
        var budget = new SearchBudget(piece.Length);
        for (int start = 0; start < piece.Length;)
        {
            double soFar = best[start].Score;
            int next = start + (char.IsHighSurrogate(piece[start]) && start + 1 < piece.Length ? 2 : 1);
            bool coversOne = false;
            int node = PieceTrie.Root;
            int end = start;
            while (end < piece.Length)
            {
                node = _trie.Step(node, piece[end++], out int id);
                if (node == PairTable.None)
                {
                    break;
                }

                if (id >= 0)
                {
                    Offer(ref best[end], Sum(soFar, _scores[id]), start, id);
                    coversOne |= end == next;
                }
            }

            budget.Spend(end - start);
            if (!coversOne)
            {
                Offer(ref best[next], Sum(soFar, _unknownScore), start, _unknown);
            }

            start = next;
        }

        return best;
    }

    /// <summary>SentencePiece adds in binary32, Hugging Face's library in binary64: where two ways are nearly equal it shows.</summary>
    private double Sum(double soFar, double score) => _sumsInSingle ? (float)soFar + (float)score : soFar + score;

    private static void Offer(ref Step step, double score, int start, int id)
    {
        if (step.Start < 0 || score > step.Score)
        {
            step = new Step(score, start, id);
        }
    }

    /// <summary>Walks back from the end. Neighbouring unknown characters become one.</summary>
    private void Append(ReadOnlySpan<char> piece, Step[] best, List<int> ids)
    {
        var ranges = new List<(int Start, int End)>();
        bool lastIsUnknown = false;
        for (int end = piece.Length; end > 0;)
        {
            Step step = best[end];
            bool isUnknown = step.Id == _unknown;
            if (isUnknown && lastIsUnknown)
            {
                ranges[^1] = (step.Start, ranges[^1].End);
            }
            else
            {
                ranges.Add((step.Start, end));
            }

            lastIsUnknown = isUnknown;
            end = step.Start;
        }

        for (int i = ranges.Count - 1; i >= 0; i--)
        {
            AppendPart(piece[ranges[i].Start..ranges[i].End], ids);
        }
    }

    private void AppendPart(ReadOnlySpan<char> part, List<int> ids)
    {
        int id = _vocabulary.IdOf(part);
        if (id >= 0)
        {
            ids.Add(id);
        }
        else if ((_bytes is null || !TryAppendBytes(part, ids)) && _unknown >= 0)
        {
            ids.Add(_unknown);
        }
    }

    private bool TryAppendBytes(ReadOnlySpan<char> part, List<int> ids)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(part.ToString());
        if (Array.Exists(bytes, b => _bytes![b] < 0))
        {
            return false;
        }

        foreach (byte b in bytes)
        {
            ids.Add(_bytes![b]);
        }

        return true;
    }

    /// <summary>The best way to a place.</summary>
    /// <param name="Score">The sum of scores.</param>
    /// <param name="Start">Where the last token begins; -1 where there is no way yet.</param>
    /// <param name="Id">The last token.</param>
    private readonly record struct Step(double Score, int Start, int Id);
}
