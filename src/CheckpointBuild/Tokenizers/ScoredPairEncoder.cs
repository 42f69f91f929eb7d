using System;
using System.Collections.Generic;
using System.Text;
using CheckpointBuild.Tokenizers.Merging;
using CheckpointBuild.Tokenizers.Splitting;

namespace CheckpointBuild.Tokenizers;

/// <summary>The last link of SentencePiece's byte-pair encoding: neighbours whose union is a piece are joined, the highest score first.</summary>
/// <remarks>A symbol is a piece's id, or a number beyond all ids: a character that is no piece (<see cref="Characters"/> and its code point), or a user-defined piece, which joins nothing (<see cref="Frozen"/> and its id).</remarks>
internal sealed class ScoredPairEncoder : Splitter
{
    private const int Characters = 1 << 24;
    private const int Frozen = 1 << 26;

    // The largest vocabularies have a quarter of a million tokens of some letters each.
    private const int MostTokens = 1 << 22;

    private readonly PairTable _pairs;
    private readonly Dictionary<int, (int Left, int Right)> _unused = [];
    private readonly Vocabulary _vocabulary;
    private readonly PieceTrie? _userDefined;
    private readonly TokenizerModel _model;
    private readonly TokenizerAlgorithm.ScoredPairs _algorithm;
    private readonly int[]? _bytes;
    private readonly WordCache _cache = new();

    /// <summary>Prepares the tables.</summary>
    /// <param name="model">The tokenizer.</param>
    internal ScoredPairEncoder(TokenizerModel model)
    {
        _model = model;
        _algorithm = (TokenizerAlgorithm.ScoredPairs)model.Algorithm;
        _vocabulary = new Vocabulary(model.Tokens);
        _userDefined = UserDefinedPieces.TrieOf(model);
        _bytes = _algorithm.FallsBackToBytes ? ByteTokens.IdsIn(_vocabulary) : null;
        _pairs = MakePairs();
    }

    /// <inheritdoc/>
    internal override void Split(ReadOnlySpan<char> piece, PiecePlace place, EncodeState output)
    {
        if (_cache.TryAppend(piece, output.Ids))
        {
            return;
        }

        PairMerger merger = output.Merger;
        merger.Begin();
        var budget = new SearchBudget(piece.Length);
        for (int at = 0; at < piece.Length;)
        {
            int length = UserDefinedPieces.LengthAt(_userDefined, piece[at..], ref budget, out int id);
            if (length > 0)
            {
                merger.Add(Frozen + id);
            }
            else
            {
                Rune.DecodeFromUtf16(piece[at..], out Rune rune, out length);
                merger.Add(SymbolOf(piece.Slice(at, length), rune.Value));
            }

            at += length;
        }

        merger.Merge(_pairs);
        var symbols = new List<int>();
        merger.AppendTo(symbols);

        int from = output.Ids.Count;
        bool lastIsUnknown = false;
        foreach (int symbol in symbols)
        {
            Append(symbol, output.Ids, ref lastIsUnknown);
        }

        _cache.Remember(piece, output.Ids, from);
    }

    private void Append(int symbol, List<int> ids, ref bool lastIsUnknown)
    {
        if (_unused.TryGetValue(symbol, out (int Left, int Right) parts))
        {
            Append(parts.Left, ids, ref lastIsUnknown);
            Append(parts.Right, ids, ref lastIsUnknown);
            return;
        }

        bool isUnknown = symbol is >= Characters and < Frozen;
        if (!isUnknown)
        {
            ids.Add(symbol >= Frozen ? symbol - Frozen : symbol);
        }
        else if (_bytes is not null)
        {
            AppendBytes(new Rune(symbol - Characters), ids);
        }
        else if (!lastIsUnknown)
        {
            ids.Add(_algorithm.UnknownId);
        }

        lastIsUnknown = isUnknown;
    }

    private void AppendBytes(Rune rune, List<int> ids)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (byte b in bytes[..rune.EncodeToUtf8(bytes)])
        {
            ids.Add(_bytes![b] < 0 ? _algorithm.UnknownId : _bytes[b]);
        }
    }

    private int SymbolOf(ReadOnlySpan<char> text, int codePoint) => _vocabulary.IdOf(text) is >= 0 and int id && IsJoined(id) ? id : Characters + codePoint;

    /// <summary>Whether a piece is text that is joined from others; control, unknown and byte pieces never are.</summary>
    private bool IsJoined(int id) => _model.Types[id] is TokenType.Normal or TokenType.UserDefined or TokenType.Unused;

    /// <summary>Lists every pair of symbols whose union is a piece: all splits of all pieces. Equal scores get equal ranks, so that the leftmost goes first.</summary>
    private PairTable MakePairs()
    {
        var ranks = new Dictionary<double, int>();
        foreach (double score in new SortedSet<double>(_model.Scores).Reverse())
        {
            ranks.Add(score, ranks.Count);
        }

        var pairs = new List<(int Left, int Right, int Joined)>();
        var budget = new SearchBudget(MostTokens);
        for (int id = 0; id < _model.Tokens.Length; id++)
        {
            if (_model.Tokens[id] is { } text && IsJoined(id))
            {
                // Each split is looked up, letter by letter.
                budget.Spend((long)text.Length * text.Length / 2);
                AddSplits(text, id, pairs);
            }
        }

        var table = new PairTable(pairs.Count);
        foreach ((int left, int right, int joined) in pairs)
        {
            table.Add(left, right, ranks[_model.Scores[joined]], joined);
        }

        return table;
    }

    private void AddSplits(string text, int id, List<(int Left, int Right, int Joined)> pairs)
    {
        for (int i = 1; i < text.Length; i++)
        {
            if (char.IsLowSurrogate(text[i]))
            {
                continue;
            }

            int left = PartOf(text.AsSpan(0, i));
            int right = PartOf(text.AsSpan(i));
            if (left >= 0 && right >= 0)
            {
                pairs.Add((left, right, id));
                if (_model.Types[id] == TokenType.Unused)
                {
                    _unused[id] = (left, right);
                }
            }
        }
    }

    private int PartOf(ReadOnlySpan<char> text)
    {
        int id = _vocabulary.IdOf(text);
        if (id >= 0 && IsJoined(id))
        {
            return id;
        }

        return Rune.DecodeFromUtf16(text, out Rune rune, out int length) == System.Buffers.OperationStatus.Done && length == text.Length ? Characters + rune.Value : Vocabulary.None;
    }
}
