using System;
using System.Numerics.Tensors;
using CheckpointBuild.Runtime.Kernels;

namespace CheckpointBuild.Runtime.Operations;

/// <summary>
/// Causal attention over the cache. A band is one key/value head and six queries: the query heads that share it, of one token or of neighbouring ones, so that keys and values are read once for six queries.
/// Scores, softmax and sums of one query never depend on which others stand beside it.
/// </summary>
internal sealed unsafe class AttentionWork : IBandedWork
{
    private readonly KeyValueCache _cache;
    private readonly WorkerScratch _scratch;
    private readonly int _heads;
    private readonly int _keyHeads;
    private readonly int _dimension;
    private readonly int _padded;
    private readonly float _scale;
    private Activations _queries = null!;
    private Activations _output = null!;
    private int _layer;
    private int _position;
    private int _tokens;

    /// <summary>Prepares attention.</summary>
    /// <param name="cache">Keys and values; those of the tokens at hand are stored before a run.</param>
    /// <param name="scratch">The workers' memory.</param>
    /// <param name="heads">Query heads.</param>
    /// <param name="keyHeads">Key/value heads, a divisor of them.</param>
    /// <param name="dimension">Dimensions of a head.</param>
    public AttentionWork(KeyValueCache cache, WorkerScratch scratch, int heads, int keyHeads, int dimension)
    {
        _cache = cache;
        _scratch = scratch;
        _heads = heads;
        _keyHeads = keyHeads;
        _dimension = dimension;
        _padded = Activations.Pad(dimension);
        _scale = 1 / MathF.Sqrt(dimension);
    }

    /// <inheritdoc/>
    public int BandCount => _keyHeads * ((QueriesOfHead + Tile.Tokens - 1) / Tile.Tokens);

    // Queries that read one key/value head, in the order of tokens.
    private int QueriesOfHead => _tokens * Group;

    private int Group => _heads / _keyHeads;

    private int ScoreStride => _cache.Capacity;

    /// <summary>Says what the next run computes.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="position">Position of the first token.</param>
    /// <param name="queries">[tokens, heads · dimension], turned.</param>
    /// <param name="tokens">How many tokens.</param>
    /// <param name="output">Receives [tokens, heads · dimension].</param>
    public void Prepare(int layer, int position, Activations queries, int tokens, Activations output)
    {
        (_layer, _position, _queries, _tokens, _output) = (layer, position, queries, tokens, output);
        _scratch.Reserve((long)Tile.Tokens * ((2 * _padded) + ScoreStride));
    }

    /// <inheritdoc/>
    public void RunBand(int band, int worker)
    {
        (int group, int keyHead) = Math.DivRem(band, _keyHeads);
        int first = group * Tile.Tokens;
        int count = Math.Min(Tile.Tokens, QueriesOfHead - first);
        int length = _position + TokenOf(first + count - 1) + 1;

        float* queries = _scratch.Of(worker);
        float* sums = queries + (Tile.Tokens * _padded);
        float* scores = sums + (Tile.Tokens * _padded);
        PackQueries(first, count, keyHead, queries);
        Score(keyHead, queries, length, scores);

        float* totals = stackalloc float[Tile.Tokens];
        for (int i = 0; i < Tile.Tokens; i++)
        {
            var row = new Span<float>(scores + ((nint)i * ScoreStride), length);
            int seen = i < count ? _position + TokenOf(first + i) + 1 : 0;
            totals[i] = seen > 0 ? Softmax.Weights(row[..seen], _scale) : 1;
            row[seen..].Clear();
        }

        new Span<float>(sums, Tile.Tokens * _padded).Clear();
        for (int block = 0, done = 0; done < length; block++, done += KeyValueCache.BlockPositions)
        {
            int positions = Math.Min(KeyValueCache.BlockPositions, length - done);
            WeightedSum.Add(scores + done, ScoreStride, _cache.Values(block, _layer, keyHead), positions, _padded, sums);
        }

        for (int i = 0; i < count; i++)
        {
            TensorPrimitives.Divide(new ReadOnlySpan<float>(sums + (i * _padded), _dimension), totals[i], HeadOf(_output, first + i, keyHead));
        }
    }

    private int TokenOf(int query) => query / Group;

    private Span<float> HeadOf(Activations rows, int query, int keyHead) =>
        rows.Row(TokenOf(query)).Slice(((keyHead * Group) + (query % Group)) * _dimension, _dimension);

    private void PackQueries(int first, int count, int keyHead, float* packed)
    {
        float* row = stackalloc float[_padded];
        new Span<float>(row, _padded).Clear();
        for (int i = 0; i < Tile.Tokens; i++)
        {
            if (i < count)
            {
                HeadOf(_queries, first + i, keyHead).CopyTo(new Span<float>(row, _dimension));
            }

            PackWork.Pack(i < count ? row : null, _padded, packed + (i * Lanes.Count));
        }
    }

    // [6, length], rounded up to whole tiles of positions.
    private void Score(int keyHead, float* queries, int length, float* scores)
    {
        int steps = _padded / Lanes.Count;
        for (int position = 0; position < length; position += Tile.Rows)
        {
            (int block, int row) = Math.DivRem(position, KeyValueCache.BlockPositions);
            Tile.Multiply(_cache.Keys(block, _layer, keyHead) + ((nint)row * _padded), queries, steps, scores + position, ScoreStride);
        }
    }
}
