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
        _all =
        [
            Embedded = new Activations("embeddings", config.EmbeddingSize),
            Residual = new Activations("the residual stream", config.HiddenSize),
            Normed = new Activations("normed activations", config.HiddenSize),
            Query = new Activations("queries", config.HeadCount * config.HeadDimension),
            Key = new Activations("keys", config.KeyValueHeadCount * config.HeadDimension),
            Value = new Activations("values", config.KeyValueHeadCount * config.ValueDimension),
            QueryLatent = new Activations("the queries' latent", config.Latent?.QueryRank ?? 0),
            KeyValueLatent = new Activations("the latent of keys and values", config.Latent?.KeyValueRank ?? 0),
            PlainKey = new Activations("parts of keys without rotation", config.HeadCount * (config.Latent?.PlainDimension ?? 0)),
            RotaryKey = new Activations("the part of keys with rotation", config.Latent?.RotaryDimension ?? 0),
            Attended = new Activations("what heads attend to", config.HeadCount * config.ValueDimension),
            Attention = new Activations("attention's result", config.HiddenSize),
            FeedForward = new Activations("the feed-forward block's result", config.HiddenSize),
        ];
    }

    /// <summary>Embeddings that are not as wide as the residual stream, [T, P].</summary>
    public Activations Embedded { get; }

    /// <summary>The residual stream, [T, H].</summary>
    public Activations Residual { get; }

    /// <summary>What a norm made of it, [T, H].</summary>
    public Activations Normed { get; }

    /// <summary>Queries, [T, A · D].</summary>
    public Activations Query { get; }

    /// <summary>Keys, [T, K · D].</summary>
    public Activations Key { get; }

    /// <summary>Values, [T, K · v].</summary>
    public Activations Value { get; }

    /// <summary>Latent attention: the queries' latent, [T, q].</summary>
    public Activations QueryLatent { get; }

    /// <summary>Latent attention: the latent of keys and values, [T, l].</summary>
    public Activations KeyValueLatent { get; }

    /// <summary>Latent attention: what of keys does not turn, [T, A · n].</summary>
    public Activations PlainKey { get; }

    /// <summary>Latent attention: what of keys turns, the same for all heads, [T, r].</summary>
    public Activations RotaryKey { get; }

    /// <summary>The heads' results, [T, A · v].</summary>
    public Activations Attended { get; }

    /// <summary>What attention adds to the residual stream, [T, H].</summary>
    public Activations Attention { get; }

    /// <summary>What the feed-forward block adds to it, [T, H].</summary>
    public Activations FeedForward { get; }

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
