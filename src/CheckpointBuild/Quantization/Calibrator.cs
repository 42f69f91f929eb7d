using System;
using System.Collections.Generic;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization.Judging;

namespace CheckpointBuild.Quantization;

/// <summary>Runs a model during a build to see what flows through it. The library has none of its own: the runtime is one, on the CPU, and whoever builds hands it over.</summary>
public abstract class Calibrator
{
    /// <summary>Sums the squares of what enters each weight matrix of the layers, token after token.</summary>
    /// <param name="checkpoint">The model.</param>
    /// <param name="ids">A text, cut into windows from its start; what is left at the end is not used.</param>
    /// <param name="window">Tokens of a window; each is a sequence of its own.</param>
    /// <param name="cancellation">Looked at between windows.</param>
    /// <returns>Sums by role.</returns>
    public abstract IReadOnlyDictionary<TensorRole, ChannelSums> SumSquares(Checkpoint checkpoint, ReadOnlyMemory<int> ids, int window, CancellationToken cancellation);

    /// <summary>Finds the largest magnitudes of what enters and leaves each weight matrix of the layers, and the mean squares of what enters.</summary>
    /// <param name="checkpoint">The model.</param>
    /// <param name="sequences">Token ids; each is a sequence of its own.</param>
    /// <param name="progress">Called with layers done and layers in all; null = nobody looks.</param>
    /// <param name="cancellation">Looked at between sequences.</param>
    /// <returns>Magnitudes by the weights' roles; matrices that no token reached are not there.</returns>
    public abstract IReadOnlyDictionary<TensorRole, ModuleStatistics> LargestMagnitudes(Checkpoint checkpoint, IReadOnlyList<ReadOnlyMemory<int>> sequences, Action<long, long>? progress, CancellationToken cancellation);

    /// <summary>Makes a model the one that others are held against.</summary>
    /// <param name="original">The model.</param>
    /// <param name="ids">The text.</param>
    /// <param name="cancellation">Looked at between matrices.</param>
    /// <returns>The judge; disposed by the caller.</returns>
    /// <exception cref="CheckpointException">CKPT3081 where this calibrator cannot judge; 50xx when the model cannot be run.</exception>
    public virtual ModelJudge Judge(Checkpoint original, ReadOnlyMemory<int> ids, CancellationToken cancellation) => throw Errors.NoJudge(original?.Name ?? "");
}
