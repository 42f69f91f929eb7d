using System.Globalization;

namespace CheckpointBuild.Quantization.Judging;

/// <summary>How far one model's predictions are from another's.</summary>
/// <param name="Protocol">The protocol's name.</param>
/// <param name="Window">Tokens of a window.</param>
/// <param name="Windows">How many windows.</param>
/// <param name="ScoredTokens">How many predictions counted.</param>
public sealed record ComparisonResult(string Protocol, int Window, int Windows, long ScoredTokens)
{
    /// <summary>What numbers must share to be comparable: the protocol and its window, <c>windows/512</c>.</summary>
    public string ProtocolId => string.Create(CultureInfo.InvariantCulture, $"{Protocol}/{Window}");

    /// <summary>The original's perplexity.</summary>
    public double OriginalPerplexity { get; init; }

    /// <summary>The other's perplexity.</summary>
    public double OtherPerplexity { get; init; }

    /// <summary>By how much the other's perplexity is larger, as a share of the original's: 0.02 = 2 %; below 0 where it is smaller.</summary>
    public double PerplexityIncrease => (OtherPerplexity / OriginalPerplexity) - 1;

    /// <summary>Mean Kullback-Leibler divergence of the other's predictions from the original's, in nats.</summary>
    public double MeanDivergence { get; init; }

    /// <summary>The divergence that 99.9 % of the predictions do not exceed.</summary>
    public double HighDivergence { get; init; }

    /// <summary>The largest divergence.</summary>
    public double LargestDivergence { get; init; }

    /// <summary>The share of predictions whose likeliest token is the same, 0 to 1.</summary>
    public double SameTop { get; init; }
}
