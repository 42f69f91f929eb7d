using System;
using System.Numerics.Tensors;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime.Kernels;

namespace CheckpointBuild.Runtime.Operations;

/// <summary>A feed-forward block of a given width: <c>down(up · f(gate))</c>, or <c>down(f(up))</c> where the family has no gate.</summary>
internal sealed class FeedForwardWork : IDisposable
{
    private readonly ProductWork _products;
    private readonly RowWork<(Activations? Gate, Activations Up)> _activate;
    private readonly Activation _activation;
    private readonly float _limit;
    private readonly Activations _gate;
    private readonly Activations _up;

    /// <summary>Prepares blocks of a width.</summary>
    /// <param name="config">The model.</param>
    /// <param name="width">The blocks' width.</param>
    /// <param name="pool">Whose threads share the work.</param>
    /// <param name="products">Multiplies.</param>
    public FeedForwardWork(ModelConfig config, int width, WorkerPool pool, ProductWork products)
    {
        _products = products;
        _activate = new(pool, Activate);
        _activation = config.Activation;
        _limit = (float)config.GateLimit;
        _gate = new Activations("feed-forward gate", width);
        _up = new Activations("feed-forward activations", width);
    }

    /// <summary>Computes a block.</summary>
    /// <param name="weights">The block.</param>
    /// <param name="input">[tokens, hidden].</param>
    /// <param name="tokens">How many rows of the input.</param>
    /// <param name="output">Receives [tokens, hidden].</param>
    public void Run(FeedForwardWeights weights, Activations input, int tokens, Activations output)
    {
        _gate.Reserve(tokens);
        _up.Reserve(tokens);
        _products.Run(input, tokens, (weights.Gate, _gate), (weights.Up, _up));
        _activate.Run(tokens, (weights.Gate is null ? null : _gate, _up));
        _products.Run(_up, tokens, (weights.Down, output));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gate.Dispose();
        _up.Dispose();
    }

    // Left in up.
    private void Activate((Activations? Gate, Activations Up) step, int token)
    {
        Span<float> up = step.Up.Row(token);
        Span<float> gate = step.Gate is null ? up : step.Gate.Row(token);
        if (_activation == Activation.ClampedSwish)
        {
            ClampedSwish.Apply(gate, up, _limit);
            return;
        }

        Gate.Apply(_activation, gate);
        if (step.Gate is not null)
        {
            TensorPrimitives.Multiply(up, gate, up);
        }
    }
}
