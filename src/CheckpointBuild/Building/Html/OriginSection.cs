using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace CheckpointBuild.Building.Html;

/// <summary>What was built from what: recipe, sources and products with their hashes, warnings.</summary>
internal static class OriginSection
{
    /// <summary>Writes the sections.</summary>
    /// <param name="report">The report.</param>
    /// <returns>HTML.</returns>
    public static string Of(ReportData report)
    {
        var html = new StringBuilder();
        if (!report.Warnings.IsEmpty)
        {
            html.Append("<section><h2>Warnings</h2>").AppendJoin("", report.Warnings.Select(w => $"<p class=warning><code>{HtmlText.Escape(w.Code)}</code> {HtmlText.Escape(w.Message)}</p>")).Append("</section>");
        }

        html.Append("<section><h2>Recipe</h2><dl>").AppendJoin("", report.Recipe.Select(r => $"<dt>{HtmlText.Escape(r.Name)}</dt><dd><code>{HtmlText.Escape(r.Value)}</code></dd>")).Append("</dl></section>");
        Files(html, "Built from", $"{report.Source.Path}", report.Inputs.Where(i => !IsAdapter(i.Name)));
        Files(html, "Adapters", "", report.Inputs.Where(i => IsAdapter(i.Name)));
        Files(html, "What was written", "", report.Outputs);
        return html.ToString();
    }

    private static bool IsAdapter(string input) => input.StartsWith("adapter ", StringComparison.Ordinal);

    private static void Files(StringBuilder html, string title, string note, IEnumerable<(string Name, long Size, string Sha256)> files)
    {
        (string Name, long Size, string Sha256)[] all = [.. files];
        if (all.Length == 0)
        {
            return;
        }

        html.Append($"<section><h2>{title}</h2>{(note.Length > 0 ? $"<p class=note><code>{HtmlText.Escape(note)}</code></p>" : "")}<table><tr><th>File and SHA-256<th class=n>Bytes");
        html.AppendJoin("", all.Select(f => $"<tr><td>{HtmlText.Escape(f.Name)}<br><code class=hash>{HtmlText.Escape(f.Sha256)}</code><td class=n>{HtmlText.Whole(f.Size)}")).Append("</table></section>");
    }
}
