using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace CheckpointBuild.Building.Html;

/// <summary>Layers from left to right, kinds of matrices from top to bottom: what repeats in a model shows as a pattern.</summary>
internal static class TensorGrid
{
    // Wider tables say nothing any more.
    private const int MostLayers = 200;
    private const int MostKinds = 60;

    /// <summary>Where a tensor stands in the grid.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its layer, and its name without that; layer -1 where it stands outside.</returns>
    public static (int Layer, string Kind) PlaceOf(string name)
    {
        string[] parts = name.Split('.');
        int place = Array.FindIndex(parts, p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        if (place < 0)
        {
            return (-1, name);
        }

        // Experts of a layer are one kind.
        IEnumerable<string> rest = parts.Skip(place + 1).Select(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? "*" : p);
        return (int.Parse(parts[place], CultureInfo.InvariantCulture), string.Join('.', rest.Where(p => p != "weight")));
    }

    /// <summary>Draws a grid.</summary>
    /// <param name="cells">Names with what their cells say and how strong their colour is, 0 to 1.</param>
    /// <param name="colour">The colour's variable.</param>
    /// <returns>A table, or nothing where no tensor has a layer.</returns>
    public static string Of(IEnumerable<(string Name, string Text, string Title, double Strength)> cells, string colour)
    {
        var placed = cells.Select(c => (Place: PlaceOf(c.Name), Cell: c)).Where(c => c.Place.Layer is >= 0 and < MostLayers && c.Place.Kind.Length > 0).ToList();
        if (placed.Count == 0)
        {
            return "";
        }

        int[] layers = [.. placed.Select(c => c.Place.Layer).Distinct().Order()];
        var html = new StringBuilder("<div class=scroll><table class=grid><thead><tr><th>layer</th>");
        html.AppendJoin("", layers.Select(l => $"<th>{l.ToString(CultureInfo.InvariantCulture)}</th>")).Append("</tr></thead><tbody>");
        foreach (var kind in placed.GroupBy(c => c.Place.Kind).OrderBy(g => g.Key, StringComparer.Ordinal).Take(MostKinds))
        {
            var row = kind.GroupBy(c => c.Place.Layer).ToDictionary(g => g.Key, g => g.MaxBy(c => c.Cell.Strength).Cell);
            html.Append("<tr><th>").Append(HtmlText.Escape(kind.Key)).Append("</th>");
            html.AppendJoin("", layers.Select(l => row.TryGetValue(l, out (string Name, string Text, string Title, double Strength) cell) ? Cell(cell.Text, cell.Title, cell.Strength, colour) : "<td></td>")).Append("</tr>");
        }

        return html.Append("</tbody></table></div>").ToString();
    }

    /// <summary>A background between the card's and a colour, with letters that can be read on it.</summary>
    /// <param name="strength">0 to 1.</param>
    /// <param name="colour">The colour's variable.</param>
    /// <returns>A style.</returns>
    public static string Shade(double strength, string colour)
    {
        double percent = Math.Clamp(8 + (88 * (double.IsFinite(strength) ? strength : 1)), 8, 96);
        return $"background:color-mix(in oklab,var({colour}) {HtmlText.Length(percent)}%,var(--card));color:var({(percent > 55 ? "--on" : "--ink")})";
    }

    private static string Cell(string text, string title, double strength, string colour) => $"<td style=\"{Shade(strength, colour)}\" title=\"{HtmlText.Escape(title)}\">{HtmlText.Escape(text)}</td>";
}
