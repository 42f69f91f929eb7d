using System;
using System.Text;
using CheckpointBuild.Tokenizers.Merging;
using CheckpointBuild.Tokenizers.Splitting;

namespace CheckpointBuild.Tokenizers;

/// <summary>The last link of byte-pair encoding over characters: a piece's characters are the first symbols. Characters without a token fall back to bytes, become unknown, or vanish.</summary>
internal sealed class CharacterPairEncoder : Splitter
{
    private readonly PairTable _pairs;
    private readonly Vocabulary _vocabulary;
    private readonly TokenizerAlgorithm.BytePairs _algorithm;
    private readonly int _unknown;
    private readonly int[]? _bytes;
    private readonly WordCache _cache = new();

    /// <summary>Prepares the tables.</summary>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="algorithm">The merges.</param>
    internal CharacterPairEncoder(Vocabulary vocabulary, TokenizerAlgorithm.BytePairs algorithm)
    {
        _vocabulary = vocabulary;
        _algorithm = algorithm;
        _pairs = MergeList.ToTable(vocabulary, algorithm);
        _unknown = algorithm.UnknownToken is { } text ? vocabulary.IdOf(text) : Vocabulary.None;
        _bytes = algorithm.FallsBackToBytes ? ByteTokens.IdsIn(vocabulary) : null;
    }

    /// <inheritdoc/>
    internal override void Split(ReadOnlySpan<char> piece, PiecePlace place, EncodeState output)
    {
        if (_cache.TryAppend(piece, output.Ids))
        {
            return;
        }

        int from = output.Ids.Count;
        if (_algorithm.IgnoresMerges && _vocabulary.IdOf(piece) is >= 0 and int whole)
        {
            output.Ids.Add(whole);
        }
        else
        {
            output.Merger.Begin();
            AddSymbols(piece, output.Merger);
            output.Merger.Merge(_pairs);
            output.Merger.AppendTo(output.Ids);
        }

        _cache.Remember(piece, output.Ids, from);
    }

    private void AddSymbols(ReadOnlySpan<char> piece, PairMerger merger)
    {
        bool unknownWaits = false;
        for (int at = 0; at < piece.Length;)
        {
            Rune.DecodeFromUtf16(piece[at..], out Rune rune, out int length);
            int id = IdOf(piece.Slice(at, length), isFirst: at == 0, isLast: at + length == piece.Length);
            at += length;
            if (id >= 0)
            {
                AddUnknown(merger, ref unknownWaits);
                merger.Add(id);
            }
            else if (_bytes is null || !ByteTokens.TryAdd(rune, _bytes, merger))
            {
                // Unknown characters wait, so that neighbours can become one. Bytes in between do not end the wait, in the reference neither.
                if (!_algorithm.FusesUnknown)
                {
                    AddUnknown(merger, ref unknownWaits);
                }

                unknownWaits = true;
            }
        }

        AddUnknown(merger, ref unknownWaits);
    }

    private void AddUnknown(PairMerger merger, ref bool waits)
    {
        if (waits && _unknown >= 0)
        {
            merger.Add(_unknown);
        }

        waits = false;
    }

    private int IdOf(ReadOnlySpan<char> character, bool isFirst, bool isLast)
    {
        string before = isFirst ? "" : _algorithm.ContinuingPrefix ?? "";
        string after = isLast ? _algorithm.WordSuffix ?? "" : "";
        return before.Length + after.Length == 0 ? _vocabulary.IdOf(character) : _vocabulary.IdOf(string.Concat(before, character, after));
    }
}
