using System;
using System.Collections.Immutable;
using System.Linq;
using System.Text;

namespace CheckpointBuild.Building.Html;

/// <summary>What was measured when types were chosen: size from left to right, divergence from bottom to top.</summary>
internal static class ChoiceSection
{
    private const double Width = 720, Height = 300, Left = 64, Right = 24, Top = 18, Bottom = 44, LineHeight = 15;

    /// <summary>Writes the section.</summary>
    /// <param name="choice">What was measured and taken; null where types were named.</param>
    /// <returns>HTML.</returns>
    public static string Of((string Chosen, string ProtocolId, ImmutableArray<(string Name, long Size, double Divergence)> Alternatives)? choice)
    {
        if (choice is not { Alternatives.Length: > 0 } found)
        {
            return "";
        }

        (string Name, long Size, double Divergence)[] alternatives = [.. found.Alternatives.Where(a => double.IsFinite(a.Divergence)).OrderBy(a => a.Divergence)];
        var html = new StringBuilder("<section><h2>How the types were chosen</h2>");
        html.Append($"<p class=note>Whole engines that were measured (protocol <code>{HtmlText.Escape(found.ProtocolId)}</code>): lower diverges less, further left is smaller. Taken: <b>{HtmlText.Escape(found.Chosen)}</b>.</p>");
        html.Append("<div class=scroll>").Append(Chart(found.Chosen, alternatives)).Append("</div>");
        html.Append("<div class=scroll><table><tr><th>Types<th class=n>Size<th class=n>Mean KL divergence");
        foreach ((string name, long size, double divergence) in alternatives)
        {
            html.Append($"<tr><td>{(name == found.Chosen ? "<b>" + HtmlText.Escape(name) + "</b>" : HtmlText.Escape(name))}<td class=n>{HtmlText.Whole(size)} bytes<td class=n>{HtmlText.Figure(divergence)}");
        }

        return html.Append("</table></div></section>").ToString();
    }

    private static string Chart(string chosen, (string Name, long Size, double Divergence)[] alternatives)
    {
        double least = alternatives.Min(a => (double)a.Size), most = alternatives.Max(a => (double)a.Size), room = Math.Max(1, (most - least) * 0.12), high = Math.Max(1e-12, alternatives.Max(a => a.Divergence) * 1.15);
        double X(double size) => Left + ((size - (least - room)) / (most - least + (2 * room)) * (Width - Left - Right));
        double Y(double divergence) => Height - Bottom - (divergence / high * (Height - Top - Bottom));
        var svg = new StringBuilder($"<svg viewBox=\"0 0 {HtmlText.Length(Width)} {HtmlText.Length(Height)}\" role=img aria-label=\"Divergence against size\">");
        foreach (double step in new[] { 0, 0.25, 0.5, 0.75, 1 })
        {
            string y = HtmlText.Length(Y(step * high));
            svg.Append($"<line class=axis x1={HtmlText.Length(Left)} x2={HtmlText.Length(Width - Right)} y1={y} y2={y} /><text x={HtmlText.Length(Left - 8)} y={y} dy=4 text-anchor=end>{HtmlText.Figure(step * high)}</text>");
        }

        svg.Append($"<text x={HtmlText.Length(Left)} y={HtmlText.Length(Height - 12)}>{HtmlText.Size(least - room)}</text><text x={HtmlText.Length(Width - Right)} y={HtmlText.Length(Height - 12)} text-anchor=end>{HtmlText.Size(most + room)}</text>");
        double above = double.PositiveInfinity;
        foreach ((string name, long size, double divergence) in alternatives)
        {
            // From the bottom up, a line's height apart.
            above = Math.Min(Y(divergence), above - LineHeight);
            bool isTaken = name == chosen, isRight = X(size) > Width * 0.6;
            svg.Append($"<circle class=\"{(isTaken ? "taken" : "dot")}\" cx={HtmlText.Length(X(size))} cy={HtmlText.Length(Y(divergence))} r={(isTaken ? 7 : 5)}><title>{HtmlText.Escape(name)}: {HtmlText.Whole(size)} bytes, {HtmlText.Figure(divergence)}</title></circle>");
            svg.Append($"<text class=\"name{(isTaken ? " strong" : "")}\" x={HtmlText.Length(X(size) + (isRight ? -11 : 11))} y={HtmlText.Length(above)} dy=4{(isRight ? " text-anchor=end" : "")}>{HtmlText.Escape(name)}</text>");
        }

        return svg.Append("</svg>").ToString();
    }
}
