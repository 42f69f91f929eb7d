using System;
using CheckpointBuild.Models;

namespace CheckpointBuild.Runtime;

/// <summary>The numbers of one pass through the layers, one row a token.</summary>
internal sealed class PassBuffers : IDisposable
{
    private readonly Activations[] _all;

    /// <summary>Makes room for one token.</summary>
    /// <param name="config">The model.</param>
    public PassBuffers(ModelConfig config)
    {
        int queries = config.HeadCount * config.HeadDimension;
        int keys = config.KeyValueHeadCount * config.HeadDimension;
        _all =
        [
            Residual = new Activations("the residual stream", config.HiddenSize),
            Normed = new Activations("normed activations", config.HiddenSize),
            Branch = new Activations("a branch's result", config.HiddenSize),
            Query = new Activations("queries", queries),
            Key = new Activations("keys", keys),
            Value = new Activations("values", keys),
            Attended = new Activations("attention's result", queries),
            Gate = new Activations("feed-forward gate", config.FeedForwardSize),
            Up = new Activations("feed-forward activations", config.FeedForwardSize),
        ];
    }

    /// <summary>The residual stream, [T, H].</summary>
    public Activations Residual { get; }

    /// <summary>What a norm made of it, [T, H].</summary>
    public Activations Normed { get; }

    /// <summary>What a branch adds to it, [T, H].</summary>
    public Activations Branch { get; }

    /// <summary>Queries, [T, A · D].</summary>
    public Activations Query { get; }

    /// <summary>Keys, [T, K · D].</summary>
    public Activations Key { get; }

    /// <summary>Values, [T, K · D].</summary>
    public Activations Value { get; }

    /// <summary>The heads' results, [T, A · D].</summary>
    public Activations Attended { get; }

    /// <summary>Gate of the feed-forward block, [T, F].</summary>
    public Activations Gate { get; }

    /// <summary>Inner numbers of the feed-forward block, [T, F].</summary>
    public Activations Up { get; }

    /// <summary>Makes room for more tokens.</summary>
    /// <param name="tokens">How many in all.</param>
    public void Reserve(int tokens)
    {
        foreach (Activations activations in _all)
        {
            activations.Reserve(tokens);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Activations activations in _all)
        {
            activations.Dispose();
        }
    }
}
