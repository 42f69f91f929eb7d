using System;
using System.Globalization;
using System.Net;

namespace CheckpointBuild.Building.Html;

/// <summary>Texts and numbers as they stand on a page.</summary>
internal static class HtmlText
{
    private static readonly string[] Units = ["bytes", "kB", "MB", "GB", "TB"];

    /// <summary>A text that means only itself, in elements and in attributes.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>Safe text.</returns>
    public static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A size: <c>3.78 MB</c>.</summary>
    /// <param name="bytes">Bytes.</param>
    /// <returns>Three digits and a decimal unit.</returns>
    public static string Size(double bytes)
    {
        int unit = 0;
        for (; bytes >= 1000 && unit < Units.Length - 1; unit++)
        {
            bytes /= 1000;
        }

        return $"{Digits(bytes, unit == 0 ? 0 : bytes >= 100 ? 0 : bytes >= 10 ? 1 : 2)} {Units[unit]}";
    }

    /// <summary>A whole number with separators.</summary>
    /// <param name="number">The number.</param>
    /// <returns>For instance <c>3,781,280</c>.</returns>
    public static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number with a fixed count of digits after the point.</summary>
    /// <param name="number">The number.</param>
    /// <param name="digits">How many.</param>
    /// <returns>The number.</returns>
    public static string Digits(double number, int digits) => double.IsFinite(number) ? number.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : "∞";

    /// <summary>A small figure with three digits that count: <c>0.00307</c>.</summary>
    /// <param name="number">The number.</param>
    /// <returns>The figure.</returns>
    public static string Figure(double number) => number == 0 ? "0"
        : Math.Abs(number) is >= 1e-6 and < 1e6 ? Digits(number, Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(number))), 0, 8))
        : number.ToString("G3", CultureInfo.InvariantCulture);

    /// <summary>A share in percent with three digits that count.</summary>
    /// <param name="share">0.02 = 2 %.</param>
    /// <returns>For instance <c>0.46 %</c>.</returns>
    public static string Percent(double share) => Figure(share * 100) + " %";

    /// <summary>A length inside a drawing.</summary>
    /// <param name="length">The length.</param>
    /// <returns>Two digits after the point.</returns>
    public static string Length(double length) => double.IsFinite(length) ? length.ToString("0.##", CultureInfo.InvariantCulture) : "0";
}
