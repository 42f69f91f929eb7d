using System;
using System.Collections.Generic;
using System.Numerics.Tensors;
using System.Threading;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Quantization.Judging;
using CheckpointBuild.Runtime.Judging;

namespace CheckpointBuild.Runtime.Calibrating;

/// <summary>Runs a model on the CPU and sums what flows into its matrices. Sums are float32, added token after token, so that they do not depend on the number of threads.</summary>
/// <param name="options">Threads.</param>
public sealed class ImportanceCalibrator(DecoderOptions options) : Calibrator
{
    /// <inheritdoc/>
    public override IReadOnlyDictionary<TensorRole, ChannelSums> SumSquares(Checkpoint checkpoint, ReadOnlyMemory<int> ids, int window, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(window);
        var sums = new Dictionary<TensorRole, ChannelSums>();
        using Decoder decoder = Decoder.Load(checkpoint, options, cancellation);
        decoder.Observe((projection, input, tokens) => Add(sums, projection, input, tokens));
        for (int first = 0; first + window <= ids.Length; first += window)
        {
            cancellation.ThrowIfCancellationRequested();
            decoder.Reset();
            decoder.Forward(ids.Span.Slice(first, window));
        }

        return sums;
    }

    /// <inheritdoc/>
    public override ModelJudge Judge(Checkpoint original, ReadOnlyMemory<int> ids, CancellationToken cancellation) => new DecoderJudge(original, ids, options, cancellation);

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
