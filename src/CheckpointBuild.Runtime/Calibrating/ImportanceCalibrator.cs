using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Threading;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Quantization.Judging;
using CheckpointBuild.Runtime.Judging;

namespace CheckpointBuild.Runtime.Calibrating;

/// <summary>Runs a model on the CPU and measures what flows through its matrices: sums and largest magnitudes, float32, token after token, so that they do not depend on the number of threads.</summary>
/// <param name="options">Threads.</param>
public sealed class ImportanceCalibrator(DecoderOptions options) : Calibrator
{
    /// <inheritdoc/>
    public override IReadOnlyDictionary<TensorRole, ChannelSums> SumSquares(Checkpoint checkpoint, ReadOnlyMemory<int> ids, int window, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(window);
        var sums = new Dictionary<TensorRole, ChannelSums>();
        var stream = new LayerStream(checkpoint, options) { Inputs = (projection, input, tokens) => Add(sums, projection, input, tokens) };

        stream.Run([.. Enumerable.Range(0, ids.Length / window).Select(i => ids.Slice(i * window, window))], null, cancellation);
        return sums;
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<TensorRole, ModuleStatistics> LargestMagnitudes(Checkpoint checkpoint, IReadOnlyList<ReadOnlyMemory<int>> sequences, Action<long, long>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(sequences);
        var inputs = new Dictionary<TensorRole, float[]>();
        var outputs = new Dictionary<TensorRole, float[]>();
        var squares = new Dictionary<TensorRole, ChannelSums>();
        new LayerStream(checkpoint, options)
        {
            Inputs = (projection, rows, tokens) =>
            {
                Raise(inputs, projection.Role, rows, tokens);
                Add(squares, projection, rows, tokens);
            },
            Results = (projection, rows, tokens) => Raise(outputs, projection.Role, rows, tokens),
        }.Run(sequences, progress, cancellation);
        return inputs.ToDictionary(i => i.Key, i => new ModuleStatistics(ImmutableCollectionsMarshal.AsImmutableArray(i.Value), ImmutableCollectionsMarshal.AsImmutableArray(outputs[i.Key]))
        {
            Squares = squares.TryGetValue(i.Key, out ChannelSums? sum) ? [.. sum.Squares.Select(s => s / Math.Max(1, sum.Tokens))] : [],
        });
    }

    /// <inheritdoc/>
    public override ModelJudge Judge(Checkpoint original, ReadOnlyMemory<int> ids, CancellationToken cancellation) => new DecoderJudge(original, ids, options, cancellation);

    private static void Raise(Dictionary<TensorRole, float[]> most, TensorRole role, Activations rows, int tokens)
    {
        if (!most.TryGetValue(role, out float[]? largest))
        {
            most.Add(role, largest = new float[rows.Width]);
        }

        for (int token = 0; token < tokens; token++)
        {
            TensorPrimitives.MaxMagnitude(largest, rows.Row(token), largest);
        }

        // Of two equal magnitudes the positive one counts, whatever came first.
        TensorPrimitives.Abs(largest, largest);
    }

    private static void Add(Dictionary<TensorRole, ChannelSums> sums, Projection projection, Activations input, int tokens)
    {
        if (!projection.Role.IsInLayer)
        {
            return;
        }

        if (!sums.TryGetValue(projection.Role, out ChannelSums? sum))
        {
            sums.Add(projection.Role, sum = new ChannelSums(new float[projection.Inputs]));
        }

        for (int token = 0; token < tokens; token++)
        {
            Span<float> row = input.Row(token);
            TensorPrimitives.MultiplyAdd(row, row, sum.Squares, sum.Squares);
        }

        sum.Tokens += tokens;
    }
}
