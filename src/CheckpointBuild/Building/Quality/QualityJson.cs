using System.Linq;
using System.Text.Json.Nodes;
using CheckpointBuild.Quantization.Judging;

namespace CheckpointBuild.Building.Quality;

/// <summary>Measurements as they stand in a build report.</summary>
internal static class QualityJson
{
    /// <summary>The figures of a comparison, the protocol first.</summary>
    /// <param name="figures">What was measured.</param>
    /// <returns>An object.</returns>
    public static JsonObject Of(ComparisonResult figures) => new()
    {
        ["protocol"] = figures.Protocol,
        ["protocol_id"] = figures.ProtocolId,
        ["window"] = figures.Window,
        ["windows"] = figures.Windows,
        ["scored"] = figures.ScoredTokens,
        ["perplexity_a"] = figures.OriginalPerplexity,
        ["perplexity_b"] = figures.OtherPerplexity,
        ["perplexity_increase"] = figures.PerplexityIncrease,
        ["kl_mean"] = figures.MeanDivergence,
        ["kl_99.9"] = figures.HighDivergence,
        ["kl_max"] = figures.LargestDivergence,
        ["same_top"] = figures.SameTop,
    };

    /// <summary>What a build measured of its engine, with its budgets.</summary>
    /// <param name="report">What was measured.</param>
    /// <returns>An object.</returns>
    public static JsonObject Of(QualityReport report)
    {
        JsonObject json = Of(report.Figures);
        json["max_perplexity_increase"] = report.MaxPerplexityIncrease;
        json["max_kl_divergence"] = report.MaxKlDivergence;
        json["weight_errors"] = new JsonArray([.. report.WeightErrors.Select(Of)]);
        return json;
    }

    /// <summary>One matrix.</summary>
    /// <param name="error">How far it is from the source's.</param>
    /// <returns>An object.</returns>
    public static JsonNode Of(WeightError error) => new JsonObject { ["role"] = error.Role.ToString(), ["name"] = error.Name, ["dtype"] = error.DType, ["relative_error"] = double.IsFinite(error.Relative) ? error.Relative : null };

    /// <summary>How types were chosen.</summary>
    /// <param name="choice">The choice.</param>
    /// <returns>An object.</returns>
    public static JsonObject Of(AutomaticChoice choice) => new()
    {
        ["protocol_id"] = choice.ProtocolId,
        ["kind"] = choice.Kind,
        ["chosen"] = choice.Chosen,
        ["alternatives"] = new JsonArray([.. choice.Alternatives.Select(a => new JsonObject { ["name"] = a.Name, ["size"] = a.Size, ["kl_mean"] = a.MeanDivergence, ["perplexity_increase"] = double.IsFinite(a.PerplexityIncrease) ? a.PerplexityIncrease : null })]),
        ["tensors"] = new JsonArray([.. choice.Tensors.Select(t => new JsonObject { ["name"] = t.Tensor, ["dtype"] = t.DType, ["expected_kl"] = t.ExpectedDivergence })]),
    };
}
