using System;
using System.Threading;
using CheckpointBuild.Models;

namespace CheckpointBuild.Quantization.Judging;

/// <summary>Holds other models against one, by what they predict of a text. One thread uses a judge at a time.</summary>
public abstract class ModelJudge : IDisposable
{
    /// <summary>Runs the original and another model over the text.</summary>
    /// <param name="other">What is judged.</param>
    /// <param name="mostTokens">How much of the text is used, from its start; at least one window is.</param>
    /// <param name="cancellation">Looked at every few tokens.</param>
    /// <returns>How far the other's predictions are from the original's.</returns>
    /// <exception cref="Diagnostics.CheckpointException">CKPT5070 when the vocabularies differ, CKPT5007 when the text is shorter than a window; 50xx when a model cannot be run.</exception>
    public abstract ComparisonResult Compare(Checkpoint other, long mostTokens, CancellationToken cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the original.</summary>
    /// <param name="disposing">Always true.</param>
    protected abstract void Dispose(bool disposing);
}
