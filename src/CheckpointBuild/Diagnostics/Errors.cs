using System.Globalization;
using System.Text;

namespace CheckpointBuild.Diagnostics;

/// <summary>Every coded error of the product: one named factory per code, so that a code is never used twice and each message is written once.</summary>
/// <remarks>One file per thousand: <c>Errors.Reading.cs</c> holds 1xxx, <c>Errors.Mapping.cs</c> 2xxx, and so on. Warnings have their factories in the same files and return <see cref="Diagnostic"/>.</remarks>
internal static partial class Errors
{
    private const int LongestQuote = 120;

    /// <summary>Quotes a name that came from a file: a long one is cut and control characters are shown as escapes, so that no file can write lines or colours into a log.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The name in single quotes.</returns>
    internal static string Quote(string name) => $"'{Shown(name)}'";

    /// <summary>The same without quotes, for tables.</summary>
    /// <param name="name">The name.</param>
    /// <returns>At most a line of it.</returns>
    internal static string Shown(string name)
    {
        var shown = new StringBuilder();
        foreach (char c in name.Length <= LongestQuote ? name : name[..LongestQuote])
        {
            shown = char.IsControl(c) ? shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : shown.Append(c);
        }

        return shown.Append(name.Length <= LongestQuote ? "" : "...").ToString();
    }

    /// <summary>Writes a count with thousands separators, as every message does.</summary>
    private static string N(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Writes a count that a file claims, which may pass every real size.</summary>
    private static string N(ulong value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
