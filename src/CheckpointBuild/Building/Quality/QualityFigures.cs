using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using CheckpointBuild.Quantization.Judging;

namespace CheckpointBuild.Building.Quality;

/// <summary>Measured quality in words.</summary>
internal static class QualityFigures
{
    /// <summary>Which figures exceed their budgets.</summary>
    /// <param name="report">What was measured.</param>
    /// <returns>For instance <c>the perplexity rises by 3.1 % (windows/512, MaxPerplexityIncrease allows 2 %)</c>.</returns>
    public static string Excess(QualityReport report) => string.Join(" and ", Excesses(report));

    /// <summary>The matrices that lost most.</summary>
    /// <param name="report">What was measured.</param>
    /// <param name="count">How many.</param>
    /// <returns>Each with dtype and relative error.</returns>
    public static string[] Worst(QualityReport report, int count) =>
        [.. report.WeightErrors.Where(e => e.Relative > 0).Take(count).Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Name} ({e.DType}, weight error {e.Relative:P2})"))];

    /// <summary>A share in percent.</summary>
    /// <param name="share">0.02 = 2 %.</param>
    /// <returns>Three digits that count.</returns>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:G3} %");

    private static IEnumerable<string> Excesses(QualityReport report)
    {
        ComparisonResult figures = report.Figures;
        if (report.MaxPerplexityIncrease is { } most && figures.PerplexityIncrease > most)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"the perplexity rises by {Percent(figures.PerplexityIncrease)}, from {figures.OriginalPerplexity:F4} to {figures.OtherPerplexity:F4} ({figures.ProtocolId}, MaxPerplexityIncrease allows {Percent(most)})");
        }

        if (report.MaxKlDivergence is { } nats && figures.MeanDivergence > nats)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"the mean KL divergence is {figures.MeanDivergence:G4} ({figures.ProtocolId}, MaxKlDivergence allows {nats:G4})");
        }
    }
}
