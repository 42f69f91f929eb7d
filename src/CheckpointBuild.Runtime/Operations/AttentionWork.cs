using System;
using System.Numerics.Tensors;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime.Kernels;

namespace CheckpointBuild.Runtime.Operations;

/// <summary>
/// Causal attention over the cache, whole or within a window. A band is one key/value head and six queries: the query heads that share it, of one token or of neighbouring ones, so that keys and values are read
/// once for six queries. Scores, softmax and sums of one query never depend on which others stand beside it.
/// </summary>
internal sealed unsafe class AttentionWork : IBandedWork
{
    private readonly ModelConfig _config;
    private readonly KeyValueCache _cache;
    private readonly WorkerScratch _scratch;
    private readonly float[]?[] _sinks;
    private readonly float[]? _slopes;
    private readonly int _paddedKey;
    private readonly int _paddedValue;
    private readonly float _scale;
    private Activations _queries = null!;
    private Activations _output = null!;
    private int _layer;
    private int _window;
    private int _position;
    private int _tokens;

    /// <summary>Prepares attention.</summary>
    /// <param name="config">The model.</param>
    /// <param name="cache">Keys and values; those of the tokens at hand are stored before a run.</param>
    /// <param name="scratch">The workers' memory.</param>
    /// <param name="sinks">Each layer's further scores, [heads], or null.</param>
    public AttentionWork(ModelConfig config, KeyValueCache cache, WorkerScratch scratch, float[]?[] sinks)
    {
        _config = config;
        _cache = cache;
        _scratch = scratch;
        _sinks = sinks;
        _slopes = config.AlibiMaxBias is { } largest ? AlibiSlopes.Of(config.HeadCount, largest) : null;
        _paddedKey = Activations.Pad(config.HeadDimension);
        _paddedValue = Activations.Pad(config.ValueDimension);
        _scale = (float)config.ScoreScale;
    }

    /// <inheritdoc/>
    public int BandCount => _config.KeyValueHeadCount * ((QueriesOfHead + Tile.Tokens - 1) / Tile.Tokens);

    // Queries that read one key/value head, in the order of tokens.
    private int QueriesOfHead => _tokens * Group;

    private int Group => _config.HeadCount / _config.KeyValueHeadCount;

    private int ScoreStride => _cache.Capacity;

    /// <summary>Says what the next run computes.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="position">Position of the first token.</param>
    /// <param name="queries">[tokens, heads · key dimension], turned.</param>
    /// <param name="tokens">How many tokens.</param>
    /// <param name="output">Receives [tokens, heads · value dimension].</param>
    public void Prepare(int layer, int position, Activations queries, int tokens, Activations output)
    {
        (_layer, _position, _queries, _tokens, _output) = (layer, position, queries, tokens, output);
        _window = _config.WindowOf(layer);
        _scratch.Reserve((long)Tile.Tokens * (_paddedKey + _paddedValue + ScoreStride));
    }

    /// <inheritdoc/>
    public void RunBand(int band, int worker)
    {
        (int group, int keyHead) = Math.DivRem(band, _config.KeyValueHeadCount);
        int first = group * Tile.Tokens;
        int count = Math.Min(Tile.Tokens, QueriesOfHead - first);
        int start = FirstSeen(first) / Tile.Rows * Tile.Rows;
        int end = SeenEnd(first + count - 1);

        float* queries = _scratch.Of(worker);
        float* sums = queries + (Tile.Tokens * _paddedKey);
        float* scores = sums + (Tile.Tokens * _paddedValue);
        PackQueries(first, count, keyHead, queries);
        Score(keyHead, queries, start, end, scores);

        float* totals = stackalloc float[Tile.Tokens];
        for (int i = 0; i < Tile.Tokens; i++)
        {
            var row = new Span<float>(scores + ((nint)i * ScoreStride), end);
            if (i >= count)
            {
                row[start..].Clear();
                continue;
            }

            int from = FirstSeen(first + i), to = SeenEnd(first + i);
            totals[i] = Weigh(row[from..to], HeadOf(first + i, keyHead), from - to + 1);
            row[start..from].Clear();
            row[to..].Clear();
        }

        Sum(keyHead, scores, start, end, sums);
        for (int i = 0; i < count; i++)
        {
            Span<float> output = _output.Row(TokenOf(first + i)).Slice(HeadOf(first + i, keyHead) * _config.ValueDimension, _config.ValueDimension);
            TensorPrimitives.Divide(new ReadOnlySpan<float>(sums + (i * _paddedValue), _config.ValueDimension), totals[i], output);
        }
    }

    private int TokenOf(int query) => query / Group;

    private int HeadOf(int query, int keyHead) => (keyHead * Group) + (query % Group);

    // A query sees the positions [first, end).
    private int SeenEnd(int query) => _position + TokenOf(query) + 1;

    private int FirstSeen(int query) => _window > 0 ? Math.Max(0, SeenEnd(query) - _window) : 0;

    private void PackQueries(int first, int count, int keyHead, float* packed)
    {
        float* row = stackalloc float[_paddedKey];
        new Span<float>(row, _paddedKey).Clear();
        for (int i = 0; i < Tile.Tokens; i++)
        {
            if (i < count)
            {
                _queries.Row(TokenOf(first + i)).Slice(HeadOf(first + i, keyHead) * _config.HeadDimension, _config.HeadDimension).CopyTo(new Span<float>(row, _config.HeadDimension));
            }

            PackWork.Pack(i < count ? row : null, _paddedKey, packed + (i * Lanes.Count));
        }
    }

    // [6, positions]: from a whole tile of positions to a whole tile.
    private void Score(int keyHead, float* queries, int start, int end, float* scores)
    {
        int steps = _paddedKey / Lanes.Count;
        for (int position = start; position < end; position += Tile.Rows)
        {
            (int block, int row) = Math.DivRem(position, KeyValueCache.BlockPositions);
            Tile.Multiply(_cache.Keys(block, _layer, keyHead) + ((nint)row * _paddedKey), queries, steps, scores + position, ScoreStride);
        }
    }

    // Scores of one query become weights; the distance of the first of them is at most 0.
    private float Weigh(Span<float> scores, int head, int distance)
    {
        float scale = _scale;
        if (_config.AttentionSoftCap is { } cap)
        {
            SoftCap.Apply(scores, _scale, (float)cap);
            scale = 1;
        }

        if (_slopes is not null)
        {
            TensorPrimitives.Multiply(scores, scale, scores);
            scale = 1;
            for (int i = 0; i < scores.Length; i++)
            {
                scores[i] += _slopes[head] * (distance + i);
            }
        }

        return _sinks[_layer] is { } sinks ? Softmax.Weights(scores, scale, sinks[head]) : Softmax.Weights(scores, scale);
    }

    private void Sum(int keyHead, float* scores, int start, int end, float* sums)
    {
        new Span<float>(sums, Tile.Tokens * _paddedValue).Clear();
        for (int position = start; position < end;)
        {
            (int block, int row) = Math.DivRem(position, KeyValueCache.BlockPositions);
            int count = Math.Min(KeyValueCache.BlockPositions - row, end - position);
            WeightedSum.Add(scores + position, ScoreStride, _cache.Values(block, _layer, keyHead) + ((nint)row * _paddedValue), count, _paddedValue, sums);
            position += count;
        }
    }
}
