using System;
using System.Numerics.Tensors;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime.Kernels;
using CheckpointBuild.Runtime.Operations;

namespace CheckpointBuild.Runtime;

/// <content>The forward pass. T tokens of this pass, H hidden, A heads, K key/value heads, D head dimension, F feed-forward size, V vocabulary.</content>
public sealed partial class Decoder
{
    private readonly RowWork<(Norm Norm, Activations Input, int First, Activations Output)> _normalize;
    private readonly RowWork<(Activations Heads, RotaryTable Table, int Dimension)> _rotate;
    private readonly RowWork<(Activations Sum, Activations Addend)> _add;
    private readonly RowWork<(Activation Activation, Activations? Gate, Activations Up)> _activate;

    // Takes the sequence further by T tokens; leaves their residual stream, [T, H].
    private void Pass(ReadOnlySpan<int> tokens)
    {
        int count = tokens.Length;
        PassBuffers b = _buffers;
        b.Reserve(count);
        _cache.Reserve(Position + count);
        _rotary.MoveTo(Position, count);
        Embed(tokens);
        for (int index = 0; index < _weights.Layers.Length; index++)
        {
            DecoderLayer layer = _weights.Layers[index];

            _normalize.Run(count, (layer.AttentionNorm, b.Residual, 0, b.Normed));
            _products.Run(b.Normed, count, (layer.Query, b.Query), (layer.Key, b.Key), (layer.Value, b.Value));
            _rotate.Run(count, (b.Query, _rotary, Config.HeadDimension));
            _rotate.Run(count, (b.Key, _rotary, Config.HeadDimension));
            Remember(index, count);
            _attention.Prepare(index, Position, b.Query, count, b.Attended);
            _pool.Run(_attention);
            _products.Run(b.Attended, count, (layer.AttentionOutput, b.Branch));
            _add.Run(count, (b.Residual, b.Branch));

            _normalize.Run(count, (layer.FeedForwardNorm, b.Residual, 0, b.Normed));
            _products.Run(b.Normed, count, (layer.Gate, b.Gate), (layer.Up, b.Up));
            _activate.Run(count, (Config.Activation, layer.Gate is null ? null : b.Gate, b.Up));
            _products.Run(b.Up, count, (layer.Down, b.Branch));
            _add.Run(count, (b.Residual, b.Branch));
        }

        Position += count;
    }

    // Final norm and output head of some tokens of the pass: logits, [count, V].
    private void Head(int first, int count)
    {
        _logits.Reserve(count);
        _normalize.Run(count, (_weights.FinalNorm, _buffers.Residual, first, _buffers.Normed));
        _products.Run(_buffers.Normed, count, (_weights.Output, _logits));
    }

    private void Embed(ReadOnlySpan<int> tokens)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            _weights.Embedding.Decode(tokens[i], 1, _buffers.Residual.Row(i));
        }
    }

    private void Remember(int layer, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _cache.Store(layer, Position + i, _buffers.Key.Row(i), _buffers.Value.Row(i));
        }
    }

    private static void Normalize((Norm Norm, Activations Input, int First, Activations Output) step, int token) =>
        step.Norm.Apply(step.Input.Row(step.First + token), step.Output.Row(token));

    private static void Rotate((Activations Heads, RotaryTable Table, int Dimension) step, int token)
    {
        Span<float> row = step.Heads.Row(token);
        ReadOnlySpan<float> cosines = step.Table.Cosines(token), sines = step.Table.Sines(token);
        for (int head = 0; head < row.Length; head += step.Dimension)
        {
            Rotary.Turn(row.Slice(head, 2 * cosines.Length), cosines, sines);
        }
    }

    private static void Add((Activations Sum, Activations Addend) step, int token)
    {
        Span<float> sum = step.Sum.Row(token);
        TensorPrimitives.Add(sum, step.Addend.Row(token), sum);
    }

    // up · f(gate) where there is a gate, f(up) where there is none; left in up.
    private static void Activate((Activation Activation, Activations? Gate, Activations Up) step, int token)
    {
        Span<float> up = step.Up.Row(token);
        if (step.Gate is null)
        {
            Gate.Apply(step.Activation, up);
            return;
        }

        Span<float> gate = step.Gate.Row(token);
        Gate.Apply(step.Activation, gate);
        TensorPrimitives.Multiply(up, gate, up);
    }
}
