using System;
using System.Globalization;
using System.Text;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>Formats strings as Python's <c>%</c> operator and <c>str.format</c> do, as far as templates use them.</summary>
internal static class PythonFormat
{
    /// <summary>Fields may be this wide.</summary>
    private const int MostWidth = 10_000;

    /// <summary>Formats by <c>%</c>.</summary>
    /// <param name="format">The format.</param>
    /// <param name="values">The values: one, a tuple of several, or a dictionary by name.</param>
    /// <returns>The text.</returns>
    internal static string Percent(string format, object? values)
    {
        object?[] positional = values is TemplateTuple tuple ? tuple.Items : [values];
        int used = 0;
        var output = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                output.Append(format[i]);
                continue;
            }

            var field = PercentField.Read(format, ref i);
            if (field.Kind == '%')
            {
                output.Append('%');
                continue;
            }

            object? value = field.Name is not null
                ? (values as TemplateDictionary)?.TryGet(field.Name, out object? named) == true ? named : throw new TemplateFailureException($"the format names '{field.Name}', which is not given")
                : used < positional.Length ? positional[used++] : throw new TemplateFailureException("not enough arguments for format string");
            output.Append(field.Write(value));
        }

        return values is TemplateTuple && used < positional.Length ? throw new TemplateFailureException("not all arguments converted during string formatting") : output.ToString();
    }

    /// <summary>Formats by <c>str.format</c>: fields by place or name, with a width, alignment and precision.</summary>
    /// <param name="format">The format.</param>
    /// <param name="arguments">The values.</param>
    /// <returns>The text.</returns>
    internal static string Braces(string format, TemplateArguments arguments)
    {
        int next = 0;
        var output = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            char c = format[i];
            if (c is '{' or '}' && i + 1 < format.Length && format[i + 1] == c)
            {
                output.Append(c);
                i++;
            }
            else if (c == '{')
            {
                int close = format.IndexOf('}', i);
                if (close < 0)
                {
                    throw new TemplateFailureException("a format field is not closed");
                }

                output.Append(Field(format[(i + 1)..close], arguments, ref next));
                i = close;
            }
            else
            {
                output.Append(c == '}' ? throw new TemplateFailureException("a format field is closed that was not opened") : c);
            }
        }

        return output.ToString();
    }

    /// <summary>Fills a text up to a width.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">The width.</param>
    /// <param name="fill">What it is filled with.</param>
    /// <param name="alignment"><c>&lt;</c>, <c>&gt;</c> or <c>^</c>.</param>
    /// <returns>The text so wide.</returns>
    internal static string Align(string text, int width, char fill, char alignment)
    {
        int missing = Math.Min(width, MostWidth) - PythonText.Length(text);
        if (width > MostWidth)
        {
            throw new TemplateFailureException($"a field of {width} characters is too wide");
        }

        int before = missing <= 0 ? 0 : alignment switch { '<' => 0, '>' => missing, _ => missing / 2 };
        return missing <= 0 ? text : new string(fill, before) + text + new string(fill, missing - before);
    }

    /// <summary>Puts a text in the middle as <c>center</c> does, which favours the other side than formats do where a space is over.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">The width.</param>
    /// <param name="fill">What it is filled with.</param>
    /// <returns>The text so wide.</returns>
    internal static string Center(string text, int width, char fill)
    {
        int missing = Math.Max(0, width - PythonText.Length(text));
        int before = (missing / 2) + (missing & width & 1);
        return Align(Align(text, PythonText.Length(text) + before, fill, '>'), width, fill, '<');
    }

    private static string Field(string field, TemplateArguments arguments, ref int next)
    {
        int colon = field.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? field : field[..colon];
        string specification = colon < 0 ? "" : field[(colon + 1)..];
        object? value;
        if (name.Length == 0 || int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            int place = name.Length == 0 ? next++ : int.Parse(name, CultureInfo.InvariantCulture);
            value = place < arguments.Positional.Length ? arguments.Positional[place] : throw new TemplateFailureException("a format field has no argument");
        }
        else
        {
            value = arguments.Named.TryGetValue(name, out object? named) ? named : throw new TemplateFailureException($"the format field '{name}' is not supported or not given");
        }

        return Specified(value, specification);
    }

    /// <summary>Carries out <c>[[fill]align][0][width][,][.precision][type]</c>.</summary>
    private static string Specified(object? value, string specification)
    {
        (char fill, char alignment, int at) = (' ', PythonNumber.TryGet(value, out _) && value is not bool ? '>' : '<', 0);
        if (specification.Length > 1 && specification[1] is '<' or '>' or '^')
        {
            (fill, alignment, at) = (specification[0], specification[1], 2);
        }
        else if (specification.Length > 0 && specification[0] is '<' or '>' or '^')
        {
            (alignment, at) = (specification[0], 1);
        }

        if (at == 0 && specification.StartsWith('0'))
        {
            fill = '0';
        }

        int width = Number(specification, ref at) ?? 0;
        bool groups = at < specification.Length && specification[at] == ',';
        at += groups ? 1 : 0;
        int? precision = null;
        if (at < specification.Length && specification[at] == '.')
        {
            at++;
            precision = Number(specification, ref at);
        }

        string type = specification[at..];
        string text = (type, value) switch
        {
            ("f" or "F" or "", double or long) when precision is not null || type.Length > 0 => Fixed(value, precision ?? 6, groups),
            ("d" or "", long number) when groups => number.ToString("N0", CultureInfo.InvariantCulture),
            ("d" or "s" or "", _) => precision is { } most && value is string all ? all[..Math.Min(most, all.Length)] : PythonValue.Text(value),
            ("x", long number) => number.ToString("x", CultureInfo.InvariantCulture),
            ("X", long number) => number.ToString("X", CultureInfo.InvariantCulture),
            ("%", _) when PythonNumber.TryGet(value, out double part) => Fixed(part * 100, precision ?? 6, groups) + "%",
            _ => throw new TemplateFailureException($"the format '{specification}' is not supported"),
        };
        return Align(text, width, fill, alignment);
    }

    private static string Fixed(object? value, int digits, bool groups)
    {
        PythonNumber.TryGet(value, out double number);
        return number.ToString((groups ? "N" : "F") + Math.Min(digits, 100).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static int? Number(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return int.TryParse(text.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }
}
