using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>The filters. Those of sequences stand in a file of their own.</summary>
internal static partial class TemplateFilters
{
    private static readonly Dictionary<string, Func<object?, TemplateArguments, TemplateBudget, object?>> Filters = new(StringComparer.Ordinal)
    {
        ["tojson"] = (v, a, b) => PythonJson.Write(v, a, b),
        ["string"] = (v, _, _) => PythonValue.Text(v),
        ["safe"] = (v, _, _) => new TemplateMarkup(PythonValue.Text(v)),
        ["trim"] = (v, a, _) => PythonText.Strip(PythonValue.Text(v), a.Get(0, "chars", null) as string, atStart: true, atEnd: true),
        ["upper"] = (v, _, _) => PythonText.Upper(PythonValue.Text(v)),
        ["lower"] = (v, _, _) => PythonText.Lower(PythonValue.Text(v)),
        ["capitalize"] = (v, _, _) => PythonText.Capitalize(PythonValue.Text(v)),
        ["title"] = (v, _, _) => PythonText.Title(PythonValue.Text(v), before => PythonText.IsSpace(before) || before is '-' or '(' or '{' or '[' or '<'),
        ["replace"] = (v, a, b) => StringMethods.Replace(PythonValue.Text(v), PythonValue.Text(a.Get(0, "old", null)), PythonValue.Text(a.Get(1, "new", null)), a.Get(2, "count", null) is null ? -1 : a.Integer(2, "count"), b),
        ["truncate"] = (v, a, _) => Truncate(PythonValue.Text(v), a),
        ["indent"] = (v, a, b) => Indent(PythonValue.Text(v), a, b),
        ["center"] = (v, a, _) => PythonFormat.Center(PythonValue.Text(v), a.Integer(0, "width", 80), ' '),
        ["format"] = (v, a, _) => PythonFormat.Percent(PythonValue.Text(v), a.Named.Count > 0 ? Dictionary(a.Named) : new TemplateTuple(a.Positional)),
        ["wordcount"] = (v, _, _) => (long)PythonText.SplitAtSpace(PythonValue.Text(v), -1).Count,
        ["escape"] = (v, _, _) => new TemplateMarkup(TemplateMarkup.Escape(v)),
        ["int"] = (v, a, _) => ToInteger(v, a),
        ["float"] = (v, a, _) => ToFloat(v, a.Get(0, "default", 0.0)),
        ["abs"] = (v, _, _) => v is long number ? (object)Math.Abs(number) : PythonNumber.TryGet(v, out double real) ? Math.Abs(real) : throw new TemplateFailureException($"bad operand type for abs(): '{PythonValue.TypeName(v)}'"),
        ["round"] = (v, a, _) => v is long && a.Integer(0, "precision", 0) >= 0 && a.Text(1, "method", "common") == "common" ? v : Round(v, a),
        ["default"] = (v, a, _) => v is Undefined || (a.Flag(1, "boolean") && !PythonValue.IsTrue(v)) ? a.Get(0, "default_value", "") : v,
        ["length"] = (v, _, _) => PythonValue.Length(v),
    };

    private static readonly Dictionary<string, string> OtherNames = new(StringComparer.Ordinal) { ["d"] = "default", ["count"] = "length", ["e"] = "escape" };

    /// <summary>Whether there is a filter.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>True when there is.</returns>
    internal static bool Has(string name) => Filters.ContainsKey(OtherNames.GetValueOrDefault(name, name)) || SequenceFilters.ContainsKey(name);

    /// <summary>Applies a filter.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">The value.</param>
    /// <param name="arguments">Further arguments.</param>
    /// <param name="budget">What it may use.</param>
    /// <returns>The filtered value.</returns>
    internal static object? Apply(string name, object? value, TemplateArguments arguments, TemplateBudget budget)
    {
        if (!Filters.TryGetValue(OtherNames.GetValueOrDefault(name, name), out Func<object?, TemplateArguments, TemplateBudget, object?>? filter) && !SequenceFilters.TryGetValue(name, out filter))
        {
            throw new TemplateFailureException($"the filter '{name}' is not supported");
        }

        object? result = filter(name is "escape" or "e" ? value : TemplateMarkup.Plain(value), arguments, budget);
        budget.Make(result switch { string text => text.Length, List<object?> list => list.Count, _ => 1 });
        return result;
    }

    private static TemplateDictionary Dictionary(IReadOnlyDictionary<string, object?> values)
    {
        var dictionary = new TemplateDictionary();
        foreach ((string name, object? value) in values)
        {
            dictionary.Set(name, value);
        }

        return dictionary;
    }

    private static string Truncate(string text, TemplateArguments arguments)
    {
        int length = arguments.Integer(0, "length", 255);
        string end = arguments.Text(2, "end", "...");
        int leeway = arguments.Get(3, "leeway", null) is null ? 5 : arguments.Integer(3, "leeway");
        if (PythonText.Length(text) <= length + leeway)
        {
            return text;
        }

        string kept = (string)TemplateAttributes.Slice(text, null, (long)(length - PythonText.Length(end)), null)!;
        int space = kept.LastIndexOf(' ');
        return (arguments.Flag(1, "killwords") || space < 0 ? kept : kept[..space]) + end;
    }

    private static string Indent(string text, TemplateArguments arguments, TemplateBudget budget)
    {
        string indent = arguments.Get(0, "width", 4L) is string own ? own : PythonFormat.Align("", arguments.Integer(0, "width", 4), ' ', '<');
        List<object?> lines = PythonText.SplitLines(text + "\n", keepsEnds: false);
        budget.Make((long)indent.Length * lines.Count);
        bool first = arguments.Flag(1, "first");
        bool blank = arguments.Flag(2, "blank");
        return string.Join('\n', lines.Select((line, i) => (i == 0 ? first : blank || ((string)line!).Length > 0) ? indent + line : (string)line!));
    }

    private static object? ToInteger(object? value, TemplateArguments arguments)
    {
        object? otherwise = arguments.Get(0, "default", 0L);
        int radix = arguments.Integer(1, "base", 10);
        switch (value)
        {
            case string text when radix == 10:
                text = PythonText.Strip(text, null, atStart: true, atEnd: true);
                return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
                    ? number
                    : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) && Math.Abs(parsed) < 9e18 ? (long)parsed : otherwise;
            case string text when radix == 16:
                return long.TryParse(text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(2) : text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hex) ? hex : otherwise;
            case double real:
                return Math.Abs(real) < 9e18 ? (long)real : otherwise;
            default:
                return PythonNumber.TryGetInteger(value, out long integer) ? integer : otherwise;
        }
    }

    private static object? ToFloat(object? value, object? otherwise) => value switch
    {
        string text => double.TryParse(PythonText.Strip(text, null, atStart: true, atEnd: true), NumberStyles.Float, CultureInfo.InvariantCulture, out double real) ? real : otherwise,
        _ => PythonNumber.TryGet(value, out double number) ? number : otherwise,
    };

    private static double Round(object? value, TemplateArguments arguments)
    {
        double number = PythonNumber.TryGet(value, out double real) ? real : throw new TemplateFailureException($"'{PythonValue.TypeName(value)}' cannot be rounded");
        int digits = arguments.Integer(0, "precision", 0);
        double scale = Math.Pow(10, digits);
        return arguments.Text(1, "method", "common") switch
        {
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            _ => digits is >= 0 and <= 15 ? Math.Round(number, digits, MidpointRounding.ToEven) : Math.Round(number * scale, MidpointRounding.ToEven) / scale,
        };
    }
}
