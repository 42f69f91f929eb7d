using System;
using System.Collections.Generic;
using System.Text.Json;
using System.Text.RegularExpressions;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Dialects.Adapters;

/// <summary>One entry of <c>rank_pattern</c> or <c>alpha_pattern</c>: a regular expression for the end of a module's name, and the number that such modules have.</summary>
/// <param name="Expression">Matched from the start of the name.</param>
/// <param name="Value">The number.</param>
/// <param name="File">Where it is stated, for messages.</param>
internal sealed record PeftPattern(Regex Expression, double Value, string File)
{
    // A pattern that backtracks for longer is made to do harm.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Reads a table of patterns.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="root">The settings.</param>
    /// <param name="field">The table.</param>
    /// <returns>The entries in file order.</returns>
    public static IEnumerable<PeftPattern> Read(string path, JsonElement root, string field)
    {
        if (!root.TryGetProperty(field, out JsonElement table) || table.ValueKind == JsonValueKind.Null)
        {
            yield break;
        }

        if (table.ValueKind != JsonValueKind.Object)
        {
            throw Errors.ConfigFieldWrong(path, field, table.GetRawText(), "an object");
        }

        foreach (JsonProperty entry in table.EnumerateObject())
        {
            bool isNumber = entry.Value.ValueKind == JsonValueKind.Number;
            yield return isNumber && entry.Value.GetDouble() is > 0 and < int.MaxValue and { } value && (field != "rank_pattern" || value == Math.Floor(value))
                ? new PeftPattern(Compile(path, field, $@"^(?:(.*\.)?({entry.Name})$)"), value, path)
                : throw Errors.ConfigFieldWrong(path, $"{field}.{entry.Name}", entry.Value.GetRawText(), "a number above 0");
        }
    }

    /// <summary>The number of the first pattern that fits a module.</summary>
    /// <param name="patterns">In file order.</param>
    /// <param name="module">The module.</param>
    /// <returns>The number, or null where none fits.</returns>
    public static double? ValueOf(IEnumerable<PeftPattern> patterns, string module)
    {
        foreach (PeftPattern pattern in patterns)
        {
            if (pattern.Fits(module))
            {
                return pattern.Value;
            }
        }

        return null;
    }

    /// <summary>Makes a regular expression out of a setting.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="field">The setting.</param>
    /// <param name="expression">The expression.</param>
    /// <returns>The expression, which gives up after a second.</returns>
    public static Regex Compile(string path, string field, string expression)
    {
        try
        {
            return new Regex(expression, RegexOptions.CultureInvariant, Patience);
        }
        catch (ArgumentException e)
        {
            throw Errors.ConfigFieldWrong(path, field, expression, $"a regular expression ({e.Message})");
        }
    }

    private bool Fits(string module)
    {
        try
        {
            return Expression.IsMatch(module);
        }
        catch (RegexMatchTimeoutException)
        {
            throw Errors.ConfigFieldWrong(File, "rank_pattern or alpha_pattern", "an expression that backtracks without end", "one that is found quickly");
        }
    }
}
