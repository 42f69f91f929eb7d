using System;
using System.Linq;
using System.Text;

namespace CheckpointBuild.Building.Html;

/// <summary>Measured quality, each figure against its budget.</summary>
internal static class QualitySection
{
    private const int Worst = 12;

    /// <summary>Writes the section.</summary>
    /// <param name="quality">What was measured; null where nothing was.</param>
    /// <returns>HTML.</returns>
    public static string Of(ReportedQuality? quality)
    {
        if (quality is null)
        {
            return "<section><h2>Quality</h2><p class=note>Not measured in this build. With <code>EvaluationText</code> a build measures its engine against the source, with <code>MaxPerplexityIncrease</code> or <code>MaxKlDivergence</code> it refuses one that loses too much.</p></section>";
        }

        string protocol = HtmlText.Escape(quality.ProtocolId);
        var html = new StringBuilder("<section><h2>Quality</h2>");
        html.Append($"<p class=note>Against the source on the evaluation text, protocol <code>{protocol}</code>, {HtmlText.Whole(quality.Scored)} predictions.</p><div class=gauges>");
        html.Append(Gauge("Mean KL divergence, nats", HtmlText.Figure(quality.Divergence), (quality.Divergence, quality.MaxDivergence), HtmlText.Figure, protocol));
        html.Append(Gauge("Perplexity increase", HtmlText.Percent(quality.Increase), (quality.Increase, quality.MaxIncrease), HtmlText.Percent, protocol));
        html.Append("</div><table><tr><th>Figure<th class=n>Source<th class=n>Engine");
        html.Append($"<tr><td>Perplexity ({protocol})<td class=n>{HtmlText.Digits(quality.Perplexities.Source, 4)}<td class=n>{HtmlText.Digits(quality.Perplexities.Engine, 4)}");
        html.Append($"<tr><td>KL divergence, 99.9 % of predictions below ({protocol})<td class=n>–<td class=n>{HtmlText.Figure(quality.HighDivergence)}");
        html.Append($"<tr><td>Same likeliest token ({protocol})<td class=n>–<td class=n>{HtmlText.Percent(quality.SameTop)}</table></section>");
        return html.ToString();
    }

    /// <summary>Writes what each matrix lost.</summary>
    /// <param name="quality">What was measured; null where nothing was.</param>
    /// <returns>HTML; nothing where no errors are known.</returns>
    public static string Errors(ReportedQuality? quality)
    {
        if (quality is not { Errors.Length: > 0 })
        {
            return "";
        }

        double most = Math.Max(1e-12, quality.Errors.Where(e => double.IsFinite(e.Error)).Select(e => e.Error).DefaultIfEmpty(1).Max());
        var html = new StringBuilder("<section class=loss><h2>Error by layer</h2><p class=note>Root of the summed squares of what the weights lost, as a share of the weights: darker lost more.</p>");
        html.Append(TensorGrid.Of(quality.Errors.Select(e => (e.Name, HtmlText.Percent(e.Error).Replace(" %", "", StringComparison.Ordinal), $"{e.Name}: {e.DType}, {HtmlText.Percent(e.Error)}", e.Error / most)), "--loss"));
        html.Append("<details><summary>The matrices that lost most</summary><table><tr><th>Matrix<th>Type<th class=n>Error, %<th class=wide>");
        foreach ((string name, string dtype, double error) in quality.Errors.OrderByDescending(e => e.Error).Take(Worst))
        {
            html.Append($"<tr><td><code>{HtmlText.Escape(name)}</code><td>{HtmlText.Escape(dtype)}<td class=n>{HtmlText.Figure(error * 100)}<td class=\"b wide\"><div class=bar><i style=\"width:{HtmlText.Length(100 * Math.Min(1, error / most))}%\"></i></div>");
        }

        return html.Append("</table></details></section>").ToString();
    }

    // The budget's line stands at three quarters, so that what exceeds it is seen.
    private static string Gauge(string what, string shown, (double Value, double? Budget) figure, Func<double, string> format, string protocol)
    {
        bool isOver = figure.Value > figure.Budget;
        string verdict = figure.Budget is null ? "no budget" : isOver ? "✕ over budget" : "✓ within budget", kind = figure.Budget is null ? "free" : isOver ? "over" : "ok";
        double filled = figure.Budget is { } budget ? (budget > 0 ? 75 * figure.Value / budget : figure.Value > 0 ? 100 : 0) : 0;
        string meter = figure.Budget is null ? "" : $"<div class=meter><i class={kind} style=\"width:{HtmlText.Length(Math.Clamp(filled, 0, 100))}%\"></i><u style=\"left:75%\"></u></div>";
        string limit = figure.Budget is { } most ? $"budget {format(most)}" : "";
        return $"<div class=gauge><div class=what><span>{what}</span><span class={kind}>{verdict}</span></div><b>{shown}</b>{meter}<div class=what><span>{protocol}</span><span>{limit}</span></div></div>";
    }
}
