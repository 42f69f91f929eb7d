using System;
using System.Buffers;
using System.Text;
using CheckpointBuild.Tokenizers.Merging;
using CheckpointBuild.Tokenizers.Splitting;

namespace CheckpointBuild.Tokenizers;

/// <summary>The last link of byte-level byte-pair encoding: a piece's UTF-8 bytes are the first symbols.</summary>
internal sealed class ByteLevelEncoder : Splitter
{
    private readonly int[] _bytes = new int[256];
    private readonly PairTable _pairs;
    private readonly Vocabulary _vocabulary;
    private readonly bool _ignoresMerges;
    private readonly WordCache _cache = new();

    /// <summary>Prepares the tables.</summary>
    /// <param name="vocabulary">The tokens, written in byte letters.</param>
    /// <param name="algorithm">The merges.</param>
    internal ByteLevelEncoder(Vocabulary vocabulary, TokenizerAlgorithm.BytePairs algorithm)
    {
        _vocabulary = vocabulary;
        _ignoresMerges = algorithm.IgnoresMerges;
        _pairs = MergeList.ToTable(vocabulary, algorithm);

        // A byte without a token becomes the unknown token, or vanishes where there is none.
        int unknown = algorithm.UnknownToken is { } text ? vocabulary.IdOf(text) : Vocabulary.None;
        for (int b = 0; b < 256; b++)
        {
            int id = vocabulary.IdOf([ByteLetters.Of((byte)b)]);
            _bytes[b] = id == Vocabulary.None ? unknown : id;
        }
    }

    /// <inheritdoc/>
    internal override void Split(ReadOnlySpan<char> piece, PiecePlace place, EncodeState output)
    {
        if (_cache.TryAppend(piece, output.Ids))
        {
            return;
        }

        int from = output.Ids.Count;
        int most = checked(piece.Length * 3);
        byte[]? rented = most > 512 ? ArrayPool<byte>.Shared.Rent(most) : null;
        Span<byte> bytes = rented ?? stackalloc byte[512];
        bytes = bytes[..Encoding.UTF8.GetBytes(piece, bytes)];
        Encode(bytes, output);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        _cache.Remember(piece, output.Ids, from);
    }

    private void Encode(ReadOnlySpan<byte> bytes, EncodeState output)
    {
        if (_ignoresMerges && _vocabulary.IdOf(ByteLetters.Write(bytes)) is >= 0 and int whole)
        {
            output.Ids.Add(whole);
            return;
        }

        output.Merger.Begin();
        foreach (byte b in bytes)
        {
            output.Merger.Add(_bytes[b]);
        }

        output.Merger.Merge(_pairs);
        output.Merger.AppendTo(output.Ids);
    }
}
