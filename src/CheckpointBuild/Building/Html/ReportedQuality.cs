using System.Collections.Immutable;

namespace CheckpointBuild.Building.Html;

/// <summary>What was measured of an engine, as its report has it.</summary>
/// <param name="ProtocolId">What the figures are comparable under.</param>
/// <param name="Scored">How many predictions counted.</param>
/// <param name="Perplexities">The source's and the engine's.</param>
/// <param name="Increase">By how much the perplexity rises, as a share.</param>
/// <param name="Divergence">Mean divergence, nats.</param>
internal sealed record ReportedQuality(string ProtocolId, long Scored, (double Source, double Engine) Perplexities, double Increase, double Divergence)
{
    /// <summary>The divergence that 99.9 % of the predictions do not exceed.</summary>
    public double HighDivergence { get; init; }

    /// <summary>The share of predictions with the same likeliest token.</summary>
    public double SameTop { get; init; }

    /// <summary>The budget of the increase; null = none.</summary>
    public double? MaxIncrease { get; init; }

    /// <summary>The budget of the divergence; null = none.</summary>
    public double? MaxDivergence { get; init; }

    /// <summary>The relative error of each matrix.</summary>
    public ImmutableArray<(string Name, string DType, double Error)> Errors { get; init; } = [];
}
