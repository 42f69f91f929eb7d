using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime.Operations;

namespace CheckpointBuild.Runtime.Calibrating;

/// <summary>Sends sequences through a model layer by layer, so that memory holds one layer's weights and the residual streams of all sequences, [tokens, hidden], however large the model is.</summary>
/// <param name="checkpoint">The model.</param>
/// <param name="options">Threads.</param>
internal sealed class LayerStream(Checkpoint checkpoint, DecoderOptions options)
{
    /// <summary>What enters each matrix.</summary>
    public ProductObserver Inputs { get; init; } = static (_, _, _) => { };

    /// <summary>What leaves each matrix.</summary>
    public ProductObserver Results { get; init; } = static (_, _, _) => { };

    /// <summary>Runs.</summary>
    /// <param name="sequences">Token ids; each is a sequence of its own.</param>
    /// <param name="progress">Called with layers done and layers in all.</param>
    /// <param name="cancellation">Looked at between sequences.</param>
    public void Run(IReadOnlyList<ReadOnlyMemory<int>> sequences, Action<long, long>? progress, CancellationToken cancellation)
    {
        using Decoder decoder = Decoder.LoadOuter(checkpoint, options, cancellation);
        float[][] streams = [.. sequences.Select(s => new float[checked(s.Length * checkpoint.Config.HiddenSize)])];
        for (int i = 0; i < streams.Length; i++)
        {
            decoder.Embed(sequences[i].Span, streams[i]);
        }

        decoder.Observe(Inputs);
        decoder.ObserveResults(Results);
        for (int layer = 0; layer < checkpoint.Config.LayerCount; layer++)
        {
            using DecoderWeights weights = decoder.LoadLayer(checkpoint, layer, cancellation);
            foreach (float[] stream in streams)
            {
                cancellation.ThrowIfCancellationRequested();
                decoder.Advance(layer, weights.Layers[0], stream);
            }

            progress?.Invoke(layer + 1, checkpoint.Config.LayerCount);
        }
    }
}
