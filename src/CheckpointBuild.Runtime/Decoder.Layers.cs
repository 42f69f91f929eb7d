using System;
using System.Threading;
using CheckpointBuild.Models;

namespace CheckpointBuild.Runtime;

/// <content>Layer by layer over whole sequences: one layer's weights are in memory at a time, and the residual streams stay with the caller. The numbers are those of <see cref="Forward"/>.</content>
public sealed partial class Decoder
{
    /// <summary>Reads what stands outside the layers.</summary>
    /// <param name="checkpoint">The checkpoint; its files stay open.</param>
    /// <param name="options">Threads and context.</param>
    /// <param name="cancellation">Looked at between matrices.</param>
    /// <returns>A decoder that embeds and runs layers that it is given.</returns>
    internal static Decoder LoadOuter(Checkpoint checkpoint, DecoderOptions options, CancellationToken cancellation) => Load(checkpoint, options, DecoderWeights.LoadOuter, cancellation);

    /// <summary>Reads one layer.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="index">Which layer.</param>
    /// <param name="cancellation">Looked at between matrices.</param>
    /// <returns>The layer's weights; disposed by the caller.</returns>
    internal DecoderWeights LoadLayer(Checkpoint checkpoint, int index, CancellationToken cancellation) => DecoderWeights.LoadLayer(checkpoint, _pool, index, cancellation);

    /// <summary>Embeds a sequence.</summary>
    /// <param name="tokens">Its ids.</param>
    /// <param name="residual">Receives what enters the first layer, [tokens, hidden].</param>
    internal void Embed(ReadOnlySpan<int> tokens, Span<float> residual)
    {
        Reset();
        Check(tokens);
        for (; Position < tokens.Length; Position += Math.Min(PassTokens, tokens.Length - Position))
        {
            int count = Math.Min(PassTokens, tokens.Length - Position);
            _buffers.Reserve(count);
            Embed(tokens.Slice(Position, count));
            for (int i = 0; i < count; i++)
            {
                _buffers.Residual.Row(i).CopyTo(residual.Slice((Position + i) * Config.HiddenSize, Config.HiddenSize));
            }
        }
    }

    /// <summary>Takes a sequence through one layer.</summary>
    /// <param name="index">Which layer.</param>
    /// <param name="layer">Its weights.</param>
    /// <param name="residual">What enters the layer, and then what leaves it, [tokens, hidden].</param>
    internal void Advance(int index, DecoderLayer layer, Span<float> residual)
    {
        Reset();
        _sinks[index] = layer.Sinks;
        int length = residual.Length / Config.HiddenSize;
        _cache.Reserve(length);
        while (Position < length)
        {
            int count = Math.Min(PassTokens, length - Position);
            _buffers.Reserve(count);
            _rotary.MoveTo(Position, count, length);
            for (int i = 0; i < count; i++)
            {
                residual.Slice((Position + i) * Config.HiddenSize, Config.HiddenSize).CopyTo(_buffers.Residual.Row(i));
            }

            RunLayer(index, layer, count);
            for (int i = 0; i < count; i++)
            {
                _buffers.Residual.Row(i).CopyTo(residual.Slice((Position + i) * Config.HiddenSize, Config.HiddenSize));
            }

            Position += count;
        }
    }
}
