using System;
using System.Globalization;

namespace CheckpointBuild.Runtime.Judging;

/// <summary>How well a model predicts a text.</summary>
/// <param name="Protocol">The protocol's name.</param>
/// <param name="Window">Tokens of a window.</param>
/// <param name="Windows">How many windows.</param>
/// <param name="ScoredTokens">How many predictions counted.</param>
/// <param name="NegativeLogLikelihood">Mean of -ln p of the right token, in nats.</param>
/// <param name="StandardError">Standard error of that mean.</param>
public sealed record PerplexityResult(string Protocol, int Window, int Windows, long ScoredTokens, double NegativeLogLikelihood, double StandardError)
{
    /// <summary>What numbers must share to be comparable: the protocol and its window, <c>llama.cpp/512</c>.</summary>
    public string ProtocolId => string.Create(CultureInfo.InvariantCulture, $"{Protocol}/{Window}");

    /// <summary>e to the mean: how many tokens the model wavers between.</summary>
    public double Perplexity => Math.Exp(NegativeLogLikelihood);

    /// <summary>Standard error of the perplexity, to first order.</summary>
    public double PerplexityError => Perplexity * StandardError;
}
