using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Quantization.Judging;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building.Html;

/// <summary>A build report as one page that needs nothing else: sizes by tensor and type, errors by layer, quality against budget, and what was built from what.</summary>
public static class HtmlReport
{
    private const int MostBytes = 1 << 28;

    /// <summary>Makes the page of a product.</summary>
    /// <param name="product">A folder that we wrote, or a file in it.</param>
    /// <returns>HTML in UTF-8.</returns>
    /// <exception cref="CheckpointException">CKPT7005 when there is no report, CKPT7001 when it is damaged.</exception>
    public static string Of(string product) => Of(product, null);

    /// <summary>Makes the page of a product with errors that were measured after it was built.</summary>
    /// <param name="product">A folder that we wrote, or a file in it.</param>
    /// <param name="errors">How far each matrix is from the original's; null = as the report has them.</param>
    /// <returns>HTML in UTF-8.</returns>
    /// <exception cref="CheckpointException">CKPT7005 when there is no report, CKPT7001 when it is damaged.</exception>
    public static string Of(string product, IReadOnlyList<WeightError>? errors)
    {
        string folder = FolderOf(product), path = Path.Combine(folder, BuildReport.FileName);
        if (!File.Exists(path))
        {
            throw Errors.NoReport(folder);
        }

        using var source = new FileSource(path);
        return source.Length <= MostBytes ? Page(ReportData.Read(path, source.ReadBytes(0, (int)source.Length)), errors) : throw Errors.SmallFileTooLarge(path, source.Length, MostBytes);
    }

    /// <summary>The folder of a product.</summary>
    /// <param name="product">The folder, or a file in it.</param>
    /// <returns>Its full path.</returns>
    internal static string FolderOf(string product)
    {
        string full = Path.GetFullPath(product);
        return File.Exists(full) ? Path.GetDirectoryName(full)! : full;
    }

    private static string Page(ReportData report, IReadOnlyList<WeightError>? errors)
    {
        string engine = ValueOf(report, "EngineName") ?? report.Source.Name;
        ReportedQuality? lost = errors is null ? report.Quality
            : (report.Quality ?? new ReportedQuality("", 0, default, 0, 0)) with { Errors = [.. errors.Select(e => (e.Name, e.DType, e.Relative))] };
        var html = new StringBuilder("<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content=\"width=device-width,initial-scale=1\">");
        html.Append("<meta http-equiv=Content-Security-Policy content=\"default-src 'none';style-src 'unsafe-inline'\">");
        html.Append($"<title>{HtmlText.Escape(engine)}</title><style>{PageStyle.Css}</style></head><body><main>");
        html.Append(Head(report, engine)).Append(QualitySection.Of(report.Quality)).Append(ChoiceSection.Of(report.Choice)).Append(SizeSection.Of(report.Tensors)).Append(QualitySection.Errors(lost)).Append(OriginSection.Of(report));
        html.Append($"<footer>CheckpointBuild {HtmlText.Escape(report.Tool)} · content key <code>{HtmlText.Escape(report.Key)}</code></footer></main></body></html>\n");
        return html.ToString();
    }

    private static string Head(ReportData report, string engine)
    {
        string target = ValueOf(report, "Engine") ?? "", types = ValueOf(report, "Quantization") ?? ValueOf(report, "DType") ?? "";
        long size = report.Outputs.Sum(o => o.Size), read = report.Inputs.Sum(i => i.Size), elements = report.Tensors.Sum(t => t.Elements);
        var html = new StringBuilder($"<header><p class=kicker>Engine report</p><h1>{HtmlText.Escape(engine)}</h1>");
        html.Append($"<p class=lead>{Named(target)}{(types.Length > 0 ? ", " + Named(types) : "")} from {Named(report.Source.Dialect)} checkpoint {Named(report.Source.Name)} ({HtmlText.Escape(report.Source.Family)})</p></header><div class=tiles>");
        html.Append(Tile("Size", HtmlText.Size(size), read > 0 ? $"{HtmlText.Percent((double)size / read)} of what was read" : ""));

        // Ranks of 4-bit weights hold two in a byte, which a file of bytes does not say.
        bool isPacked = target.StartsWith("tensorrt-llm", StringComparison.Ordinal) && types.Contains('4', StringComparison.Ordinal) && !types.StartsWith("float", StringComparison.Ordinal);
        html.Append(elements > 0 && !isPacked ? Tile("Bits a weight", HtmlText.Digits(8.0 * report.Tensors.Sum(t => t.Bytes) / elements, 2), $"{HtmlText.Whole(elements)} weights") : "");
        html.Append(Tile("Tensors", HtmlText.Whole(report.Tensors.Length), $"{HtmlText.Whole(report.Outputs.Length)} {(report.Outputs.Length == 1 ? "file" : "files")}"));
        html.Append(report.Quality is { } quality ? Tile("KL divergence", HtmlText.Figure(quality.Divergence), HtmlText.Escape(quality.ProtocolId)) : "");
        return html.Append(Tile("Built in", $"{HtmlText.Digits(report.Seconds.Build, 1)} s", $"{HtmlText.Digits(report.Seconds.Hash, 1)} s hashing")).Append("</div>").ToString();
    }

    private static string Named(string text) => $"<b>{HtmlText.Escape(text)}</b>";

    private static string Tile(string what, string figure, string note) => $"<div class=tile><span>{what}</span><strong>{figure}</strong><em>{note}</em></div>";

    private static string? ValueOf(ReportData report, string name) => report.Recipe.FirstOrDefault(r => r.Name == name).Value;
}
