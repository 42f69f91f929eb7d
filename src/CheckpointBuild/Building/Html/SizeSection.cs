using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace CheckpointBuild.Building.Html;

/// <summary>Where the bytes are: by type, by tensor.</summary>
internal static class SizeSection
{
    private const int Largest = 12;
    private const int MostRows = 2000;

    // Floats are as dark as it gets.
    private const double MostBits = 10;

    /// <summary>Writes the sections.</summary>
    /// <param name="tensors">Every tensor.</param>
    /// <returns>HTML.</returns>
    public static string Of(IReadOnlyList<ReportedTensor> tensors)
    {
        if (tensors.Count == 0)
        {
            return "";
        }

        long total = Math.Max(1, tensors.Sum(t => t.Bytes));
        var html = new StringBuilder("<section><h2>Size by type</h2><p class=note>Darker types take more bits for each weight.</p>");
        (string Name, int Count, long Bytes, double Bits)[] types = [.. tensors.GroupBy(t => t.DType).Select(g => (g.Key, g.Count(), g.Sum(t => t.Bytes), 8.0 * g.Sum(t => t.Bytes) / Math.Max(1, g.Sum(t => t.Elements)))).OrderByDescending(t => t.Item3).ThenBy(t => t.Key, StringComparer.Ordinal)];
        html.Append("<div class=stack>").AppendJoin("", types.Select(t => $"<i style=\"flex:{HtmlText.Length(1000.0 * t.Bytes / total)} 1 0;{Shade(t.Bits)}\" title=\"{HtmlText.Escape(t.Name)}: {HtmlText.Size(t.Bytes)}\"></i>")).Append("</div>");
        html.Append("<table><tr><th>Type<th class=n>Bits a weight<th class=\"n wide\">Tensors<th class=n>Size<th class=n>Share");
        foreach ((string name, int count, long bytes, double bits) in types)
        {
            html.Append($"<tr><td class=type><span class=key style=\"{Shade(bits)}\"></span>{HtmlText.Escape(name)}<td class=n>{HtmlText.Digits(bits, 2)}<td class=\"n wide\">{HtmlText.Whole(count)}<td class=n>{HtmlText.Size(bytes)}<td class=n>{HtmlText.Percent((double)bytes / total)}");
        }

        html.Append("</table></section>");
        string grid = TensorGrid.Of(tensors.Where(t => t.Shape.Contains(',', StringComparison.Ordinal)).Select(t => (t.Name, t.DType, $"{t.Name}: {t.DType} {t.Shape}, {HtmlText.Size(t.Bytes)}", t.Bits / MostBits)), "--bits");
        html.Append(grid.Length == 0 ? "" : $"<section><h2>Types by layer</h2><p class=note>Each matrix of each layer with the type that it has in the engine.</p>{grid}</section>");
        html.Append("<section><h2>Size by tensor</h2>");
        ReportedTensor[] bySize = [.. tensors.OrderByDescending(t => t.Bytes).ThenBy(t => t.Name, StringComparer.Ordinal)];
        Rows(html, bySize.Take(Largest), bySize[0].Bytes);
        if (bySize.Length > Largest)
        {
            html.Append($"<details><summary>All {HtmlText.Whole(bySize.Length)} tensors{(bySize.Length > MostRows ? $", the largest {HtmlText.Whole(MostRows)} shown" : "")}</summary>");
            Rows(html, bySize.Take(MostRows), bySize[0].Bytes);
            html.Append("</details>");
        }

        return html.Append("</section>").ToString();
    }

    private static void Rows(StringBuilder html, IEnumerable<ReportedTensor> tensors, long largest)
    {
        html.Append("<div class=scroll><table><tr><th>Tensor<th>Type<th class=wide>Shape<th class=n>Size<th class=wide>");
        foreach (ReportedTensor tensor in tensors)
        {
            html.Append($"<tr title=\"{HtmlText.Escape(tensor.Derivation)}\"><td><code>{HtmlText.Escape(tensor.Name)}</code><td>{HtmlText.Escape(tensor.DType)}<td class=wide>{HtmlText.Escape(tensor.Shape)}<td class=n>{HtmlText.Size(tensor.Bytes)}<td class=\"b wide\"><div class=bar><i style=\"width:{HtmlText.Length(100.0 * tensor.Bytes / Math.Max(1, largest))}%\"></i></div>");
        }

        html.Append("</table></div>");
    }

    private static string Shade(double bits) => TensorGrid.Shade(bits / MostBits, "--bits");
}
