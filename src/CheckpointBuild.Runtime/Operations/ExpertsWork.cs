using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics.Tensors;
using CheckpointBuild.Models;

namespace CheckpointBuild.Runtime.Operations;

/// <summary>A mixture of experts: each token goes to the few experts that the router scores best, and takes the weighted sum of what they give. Tokens of one expert are brought together, so that its weights are read once.</summary>
/// <remarks>A token's experts are added in their order, the shared one last: its result does not depend on which tokens stand beside it.</remarks>
internal sealed class ExpertsWork : IDisposable
{
    private readonly ExpertConfig _config;
    private readonly ProductWork _products;
    private readonly ExpertChoice _choice;
    private readonly FeedForwardWork _expert;
    private readonly FeedForwardWork? _shared;
    private readonly Activations _scores;
    private readonly Activations _gathered;
    private readonly Activations _result;
    private readonly Activations _share;
    private readonly List<(int Token, float Weight)>[] _visitors;

    /// <summary>Prepares mixtures.</summary>
    /// <param name="config">The model, with experts.</param>
    /// <param name="pool">Whose threads share the work.</param>
    /// <param name="products">Multiplies.</param>
    public ExpertsWork(ModelConfig config, WorkerPool pool, ProductWork products)
    {
        _config = config.Experts!;
        _products = products;
        _choice = new ExpertChoice(_config);
        _expert = new FeedForwardWork(config, _config.FeedForwardSize, pool, products);
        _shared = _config.SharedFeedForwardSize > 0 ? new FeedForwardWork(config, _config.SharedFeedForwardSize, pool, products) : null;
        _scores = new Activations("experts' scores", _config.Count);
        _gathered = new Activations("an expert's tokens", config.HiddenSize);
        _result = new Activations("an expert's results", config.HiddenSize);
        _share = new Activations("shares of the shared expert", 1);
        _visitors = [.. Enumerable.Range(0, _config.Count).Select(_ => new List<(int, float)>())];
    }

    /// <summary>Computes a layer's mixture.</summary>
    /// <param name="weights">The layer's experts.</param>
    /// <param name="input">[tokens, hidden].</param>
    /// <param name="tokens">How many rows of the input.</param>
    /// <param name="output">Receives [tokens, hidden].</param>
    public void Run(ExpertWeights weights, Activations input, int tokens, Activations output)
    {
        _scores.Reserve(tokens);
        _gathered.Reserve(tokens);
        _result.Reserve(tokens);
        _products.Run(input, tokens, (weights.Router, _scores));
        for (int token = 0; token < tokens; token++)
        {
            output.Row(token).Clear();
            Route(token, weights.Correction);
        }

        for (int expert = 0; expert < _visitors.Length; expert++)
        {
            if (_visitors[expert].Count > 0)
            {
                Visit(weights.Experts[expert], _visitors[expert], input, output);
                _visitors[expert].Clear();
            }
        }

        if (weights.Shared is { } shared)
        {
            _shared!.Run(shared, input, tokens, _result);
            AddShared(weights.SharedRouter, input, tokens, output);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _expert.Dispose();
        _shared?.Dispose();
        _scores.Dispose();
        _gathered.Dispose();
        _result.Dispose();
        _share.Dispose();
    }

    private void Route(int token, float[]? correction)
    {
        Span<int> chosen = stackalloc int[_config.Used];
        Span<float> weights = stackalloc float[_config.Used];
        _choice.Choose(_scores.Row(token), correction, chosen, weights);
        for (int i = 0; i < chosen.Length; i++)
        {
            _visitors[chosen[i]].Add((token, weights[i]));
        }
    }

    private void Visit(FeedForwardWeights expert, List<(int Token, float Weight)> visitors, Activations input, Activations output)
    {
        for (int i = 0; i < visitors.Count; i++)
        {
            input.Row(visitors[i].Token).CopyTo(_gathered.Row(i));
        }

        _expert.Run(expert, _gathered, visitors.Count, _result);
        for (int i = 0; i < visitors.Count; i++)
        {
            AddWeighted(_result.Row(i), visitors[i].Weight, output.Row(visitors[i].Token));
        }
    }

    private void AddShared(Projection? router, Activations input, int tokens, Activations output)
    {
        if (router is not null)
        {
            _share.Reserve(tokens);
            _products.Run(input, tokens, (router, _share));
        }

        for (int token = 0; token < tokens; token++)
        {
            float share = router is null ? 1 : 1 / (1 + MathF.Exp(-_share.Row(token)[0]));
            AddWeighted(_result.Row(token), share, output.Row(token));
        }
    }

    private static void AddWeighted(Span<float> values, float weight, Span<float> sum) => TensorPrimitives.MultiplyAdd(values, weight, sum, sum);
}
