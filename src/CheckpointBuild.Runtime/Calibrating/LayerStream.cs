using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime.Operations;

namespace CheckpointBuild.Runtime.Calibrating;

/// <summary>Sends sequences through a model layer by layer, so that memory holds one layer's weights and the residual streams of some sequences, [tokens, hidden], however large the model and however long the text is.</summary>
/// <param name="checkpoint">The model.</param>
/// <param name="options">Threads.</param>
internal sealed class LayerStream(Checkpoint checkpoint, DecoderOptions options)
{
    // Residual streams that are held at once; each batch of sequences reads the layers once.
    private const long MostStreamBytes = 128 << 20;

    /// <summary>What enters each matrix.</summary>
    public ProductObserver Inputs { get; init; } = static (_, _, _) => { };

    /// <summary>What leaves each matrix.</summary>
    public ProductObserver Results { get; init; } = static (_, _, _) => { };

    /// <summary>Runs.</summary>
    /// <param name="sequences">Token ids; each is a sequence of its own.</param>
    /// <param name="progress">Called with layers done and layers in all, those of every batch counted.</param>
    /// <param name="cancellation">Looked at between sequences.</param>
    public void Run(IReadOnlyList<ReadOnlyMemory<int>> sequences, Action<long, long>? progress, CancellationToken cancellation)
    {
        using Decoder decoder = Decoder.LoadOuter(checkpoint, options, cancellation);
        decoder.Observe(Inputs);
        decoder.ObserveResults(Results);
        ReadOnlyMemory<int>[][] batches = [.. Batches(sequences)];
        for (int i = 0; i < batches.Length; i++)
        {
            int before = i * checkpoint.Config.LayerCount, all = batches.Length * checkpoint.Config.LayerCount;
            Run(decoder, batches[i], done => progress?.Invoke(before + done, all), cancellation);
        }
    }

    private IEnumerable<ReadOnlyMemory<int>[]> Batches(IReadOnlyList<ReadOnlyMemory<int>> sequences)
    {
        var batch = new List<ReadOnlyMemory<int>>();
        long bytes = 0;
        foreach (ReadOnlyMemory<int> sequence in sequences)
        {
            long own = (long)sequence.Length * checkpoint.Config.HiddenSize * sizeof(float);
            if (batch.Count > 0 && bytes + own > MostStreamBytes)
            {
                yield return [.. batch];
                batch.Clear();
                bytes = 0;
            }

            batch.Add(sequence);
            bytes += own;
        }

        yield return [.. batch];
    }

    private void Run(Decoder decoder, ReadOnlyMemory<int>[] sequences, Action<long> progress, CancellationToken cancellation)
    {
        float[][] streams = [.. sequences.Select(s => new float[checked(s.Length * checkpoint.Config.HiddenSize)])];
        for (int i = 0; i < streams.Length; i++)
        {
            decoder.Embed(sequences[i].Span, streams[i]);
        }

        for (int layer = 0; layer < checkpoint.Config.LayerCount; layer++)
        {
            using DecoderWeights weights = decoder.LoadLayer(checkpoint, layer, cancellation);
            foreach (float[] stream in streams)
            {
                cancellation.ThrowIfCancellationRequested();
                decoder.Advance(layer, weights.Layers[0], stream);
            }

            progress(layer + 1);
        }
    }
}
