using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Worker;

/// <summary>What the worker tells the tasks: one line each, <c>@ckpt</c>, a kind and fields between tabs; backslash, tab and line feed in fields are escaped.</summary>
/// <param name="output">Standard output.</param>
internal sealed class LineProtocol(TextWriter output)
{
    private readonly Lock _lock = new();

    /// <summary>A message for the build's log.</summary>
    /// <param name="importance"><c>high</c>, <c>normal</c> or <c>low</c>.</param>
    /// <param name="text">What to say.</param>
    public void Message(string importance, string text) => Send("msg", importance, text);

    /// <summary>How far an item is.</summary>
    /// <param name="item">Its index in the request.</param>
    /// <param name="percent">0 to 100.</param>
    /// <param name="text">What is being made.</param>
    public void Progress(int item, int percent, string text) => Send("progress", item, percent, text);

    /// <summary>A coded warning.</summary>
    /// <param name="item">The index in the request of the item that it is about.</param>
    /// <param name="warning">What was noticed.</param>
    public void Warning(int item, Diagnostic warning) => Diagnose(item, "warning", warning.Code, warning.File, warning.Message);

    /// <summary>A coded error.</summary>
    /// <param name="item">The index in the request of the item that it is about; -1 for the whole request.</param>
    /// <param name="error">What went wrong.</param>
    public void Error(int item, CheckpointException error) => Diagnose(item, "error", error.Code, error.File, error.Message);

    /// <summary>A finished product.</summary>
    /// <param name="item">Its item's index in the request.</param>
    /// <param name="entry">Where it lies.</param>
    /// <param name="seconds">How long it took.</param>
    public void Product(int item, Building.StoreEntry entry, double seconds)
    {
        Send("product", item, entry.Report.Key, entry.WasThere ? "true" : "false", entry.Directory, entry.Size, seconds.ToString("F3", CultureInfo.InvariantCulture));
        foreach ((string path, Building.BuiltFile file) in entry.Files)
        {
            Send("file", item, file.Path, path, file.Length, File.GetLastWriteTimeUtc(path).Ticks, file.Sha256 ?? "");
        }
    }

    /// <summary>A product that a build would find or make.</summary>
    /// <param name="item">Its item's index in the request.</param>
    /// <param name="key">Its content key.</param>
    /// <param name="place">Where it lies; null where it would be built.</param>
    /// <param name="bytes">How large its files will be.</param>
    public void Planned(int item, string key, string? place, long bytes) => Send("product", item, key, place is null ? "false" : "true", place ?? "", bytes, "0");

    /// <summary>The last line.</summary>
    /// <param name="result"><c>ok</c>, <c>failed</c> or <c>cancelled</c>.</param>
    public void Result(string result) => Send("result", result);

    private void Diagnose(int item, string severity, string code, string? file, string message) =>
        Send("diag", severity, code, file ?? "", 0, 0, "", message, item);

    private void Send(string kind, params object[] fields)
    {
        string line = string.Join('\t', fields.Select(f => Escape(Convert.ToString(f, CultureInfo.InvariantCulture)!)).Prepend(kind).Prepend("@ckpt"));
        lock (_lock)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    private static string Escape(string field) => field
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\t", "\\t", StringComparison.Ordinal)
        .Replace("\r", "", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
