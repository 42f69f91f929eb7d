using System.Collections.Immutable;
using CheckpointBuild.Quantization.Judging;

namespace CheckpointBuild.Building.Quality;

/// <summary>What a build measured of its own engine.</summary>
/// <param name="Figures">How far its predictions are from the source's.</param>
public sealed record QualityReport(ComparisonResult Figures)
{
    /// <summary>The most that the perplexity might rise, as a share; null = not limited.</summary>
    public double? MaxPerplexityIncrease { get; init; }

    /// <summary>The most that the mean divergence might be, in nats; null = not limited.</summary>
    public double? MaxKlDivergence { get; init; }

    /// <summary>How far each weight matrix is from the source's, the worst first.</summary>
    public ImmutableArray<WeightError> WeightErrors { get; init; } = [];

    /// <summary>Whether the engine keeps its budgets.</summary>
    public bool IsWithin => (MaxPerplexityIncrease is not { } rise || Figures.PerplexityIncrease <= rise) && (MaxKlDivergence is not { } most || Figures.MeanDivergence <= most);
}
