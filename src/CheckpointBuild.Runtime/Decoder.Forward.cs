using System;
using System.Numerics.Tensors;
using CheckpointBuild.Models;

namespace CheckpointBuild.Runtime;

/// <content>The forward pass, one for all families: what they do differently is data, and a step that a family lacks is left out. T tokens of this pass, H hidden, A heads, K key/value heads, D head dimension, V vocabulary.</content>
public sealed partial class Decoder
{
    // Takes the sequence further by T tokens; leaves their residual stream, [T, H].
    private void Pass(ReadOnlySpan<int> tokens, int length)
    {
        int count = tokens.Length;
        _buffers.Reserve(count);
        _cache.Reserve(Position + count);
        _rotary.MoveTo(Position, count, length);
        Embed(tokens);
        for (int index = 0; index < _weights.Layers.Length; index++)
        {
            RunLayer(index, _weights.Layers[index], count);
        }

        Position += count;
    }

    // One layer on the residual stream of T tokens.
    private void RunLayer(int index, DecoderLayer layer, int count)
    {
        PassBuffers b = _buffers;
        ReadResidual(layer.AttentionNorm, count);
        Project(layer, count);
        Limit(count);
        NormalizeHeads(layer.QueryNorm, b.Query, count);
        NormalizeHeads(layer.KeyNorm, b.Key, count);
        Rotate(_rotary.OfLayer(index), b.Query, count);
        Rotate(_rotary.OfLayer(index), b.Key, count);
        Remember(index, count);
        _attention.Prepare(index, Position, b.Query, count, b.Attended);
        _pool.Run(_attention);
        _products.Run(b.Attended, count, (layer.AttentionOutput, b.Attention));
        Normalize(layer.AttentionOutputNorm, b.Attention, count);

        // Parallel: the feed-forward block still reads what attention read.
        if (!_isParallel)
        {
            AddToResidual(b.Attention, layer.AttentionNorm, count);
        }

        if (Config.Residual != ResidualShape.ParallelOneNorm)
        {
            ReadResidual(layer.FeedForwardNorm, count);
        }

        FeedForward(layer, count);
        Normalize(layer.FeedForwardOutputNorm, b.FeedForward, count);
        if (_isParallel)
        {
            AddToResidual(b.Attention, layer.AttentionNorm, count);
        }

        AddToResidual(b.FeedForward, layer.FeedForwardNorm, count);
    }

    // Final norm and output head of some tokens of the pass: logits, [count, V].
    private void Head(int first, int count)
    {
        Activations input = _buffers.Normed;
        _normalize.Run(count, (_weights.FinalNorm, _buffers.Residual, first, input));
        if (_weights.OutputProjection is { } projection)
        {
            _products.Run(input, count, (projection, _buffers.Embedded));
            input = _buffers.Embedded;
        }

        _logits.Reserve(count);
        _products.Run(input, count, (_weights.Output, _logits));
        _shapeLogits.Run(count, (_logits, Config));
    }

    // What enters the first layer.
    private void Embed(ReadOnlySpan<int> tokens)
    {
        PassBuffers b = _buffers;
        Activations embedded = _weights.EmbeddingProjection is null ? b.Residual : b.Embedded;
        for (int i = 0; i < tokens.Length; i++)
        {
            _weights.Embedding.Decode(tokens[i], 1, embedded.Row(i));
        }

        if (_weights.EmbeddingProjection is { } projection)
        {
            _products.Run(embedded, tokens.Length, (projection, b.Residual));
        }

        for (int i = 0; i < tokens.Length; i++)
        {
            Span<float> row = b.Residual.Row(i);
            TensorPrimitives.Multiply(row, (float)Config.EmbeddingScale, row);
            if (_weights.Positions is { } positions)
            {
                positions.Decode(Position + i + Config.PositionOffset.GetValueOrDefault(), 1, b.Normed.Row(i));
                TensorPrimitives.Add(row, b.Normed.Row(i), row);
            }
        }

        Normalize(_weights.EmbeddingNorm, b.Residual, tokens.Length);
    }

    // What a block reads: a norm of the residual stream, or the stream itself.
    private void ReadResidual(Norm? norm, int count)
    {
        PassBuffers b = _buffers;
        _normalize.Run(count, (Config.Residual == ResidualShape.NormAfterSum ? null : norm, b.Residual, 0, b.Normed));
        if (Config.Residual == ResidualShape.NormIsResidual)
        {
            _normalize.Run(count, (null, b.Normed, 0, b.Residual));
        }
    }

    // Queries, keys and values. Latent attention makes them from two narrow latents; the part of a key that turns is one for all heads.
    private void Project(DecoderLayer layer, int count)
    {
        PassBuffers b = _buffers;
        if (layer.Latent is not { } latent)
        {
            _products.Run(b.Normed, count, (layer.Query, b.Query), (layer.Key, b.Key), (layer.Value, b.Value));
            return;
        }

        _products.Run(b.Normed, count, (latent.QueryDown, b.QueryLatent), (latent.KeyValueDown, b.KeyValueLatent), (latent.RotaryKey, b.RotaryKey));
        Normalize(latent.QueryDownNorm, b.QueryLatent, count);
        Normalize(latent.KeyValueDownNorm, b.KeyValueLatent, count);
        _products.Run(latent.QueryDown is null ? b.Normed : b.QueryLatent, count, (layer.Query, b.Query));
        _products.Run(b.KeyValueLatent, count, (layer.Key, b.PlainKey), (layer.Value, b.Value));
        _joinKeys.Run(count, (b.PlainKey, b.RotaryKey, b.Key));
    }

    private void FeedForward(DecoderLayer layer, int count)
    {
        if (layer.Experts is { } experts)
        {
            _experts!.Run(experts, _buffers.Normed, count, _buffers.FeedForward);
        }
        else
        {
            _feedForward.Run(layer.FeedForward!, _buffers.Normed, count, _buffers.FeedForward);
        }
    }

    private void AddToResidual(Activations branch, Norm? norm, int count)
    {
        _add.Run(count, (_buffers.Residual, branch, (float)Config.ResidualScale));
        if (Config.Residual == ResidualShape.NormAfterSum)
        {
            Normalize(norm, _buffers.Residual, count);
        }
    }

    private void Remember(int layer, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _cache.Store(layer, Position + i, _buffers.Key.Row(i), _buffers.Value.Row(i));
        }
    }
}
