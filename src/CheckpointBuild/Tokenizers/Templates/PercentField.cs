using System;
using System.Globalization;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>A field of a format for Python's <c>%</c>: <c>%[(name)][flags][width][.precision]kind</c>.</summary>
/// <param name="Name">The name in brackets, or null.</param>
/// <param name="Flags">Some of <c>-</c>, <c>0</c>, <c>+</c>, space, <c>#</c>.</param>
/// <param name="Width">The least width.</param>
/// <param name="Precision">Digits or characters; -1 where not given.</param>
/// <param name="Kind">The kind.</param>
internal readonly record struct PercentField(string? Name, string Flags, int Width, int Precision, char Kind)
{
    /// <summary>Reads a field.</summary>
    /// <param name="format">The format.</param>
    /// <param name="at">The place of the percent sign; of the kind afterwards.</param>
    /// <returns>The field.</returns>
    internal static PercentField Read(string format, ref int at)
    {
        int i = at + 1;
        string? name = null;
        if (i < format.Length && format[i] == '(')
        {
            int close = format.IndexOf(')', i);
            name = close > 0 ? format[(i + 1)..close] : throw new TemplateFailureException("incomplete format key");
            i = close + 1;
        }

        int start = i;
        while (i < format.Length && format[i] is '-' or '0' or '+' or ' ' or '#')
        {
            i++;
        }

        string flags = format[start..i];
        int width = Digits(format, ref i) ?? 0;
        int precision = -1;
        if (i < format.Length && format[i] == '.')
        {
            i++;
            precision = Digits(format, ref i) ?? 0;
        }

        at = i;
        return i < format.Length ? new(name, flags, width, precision, format[i]) : throw new TemplateFailureException("incomplete format");
    }

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Its text.</returns>
    internal string Write(object? value)
    {
        bool isNumber = PythonNumber.TryGet(value, out double number);
        string text = Kind switch
        {
            's' => Cut(PythonValue.Text(value)),
            'r' => Cut(PythonValue.Representation(value)),
            'd' or 'i' or 'u' when isNumber => ((long)Math.Truncate(number)).ToString(CultureInfo.InvariantCulture),
            'f' or 'F' when isNumber => number.ToString("F" + Math.Min(Precision < 0 ? 6 : Precision, 100).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
            'x' when value is long integer => integer.ToString("x", CultureInfo.InvariantCulture),
            'X' when value is long integer => integer.ToString("X", CultureInfo.InvariantCulture),
            _ => throw new TemplateFailureException($"the format '%{Kind}' is not supported for {PythonValue.TypeName(value)}"),
        };
        bool isNumeric = Kind is not ('s' or 'r');
        string sign = isNumeric && number >= 0 ? Flags.Contains('+', StringComparison.Ordinal) ? "+" : Flags.Contains(' ', StringComparison.Ordinal) ? " " : "" : "";
        if (Flags.Contains('-', StringComparison.Ordinal))
        {
            return PythonFormat.Align(sign + text, Width, ' ', '<');
        }

        if (!isNumeric || !Flags.Contains('0', StringComparison.Ordinal))
        {
            return PythonFormat.Align(sign + text, Width, ' ', '>');
        }

        // Zeros stand between the sign and the digits.
        string minus = text.StartsWith('-') ? "-" : "";
        return minus + sign + PythonFormat.Align(text[minus.Length..], Width - minus.Length - sign.Length, '0', '>');
    }

    private string Cut(string text) => Precision >= 0 && text.Length > Precision ? text[..Precision] : text;

    private static int? Digits(string format, ref int at)
    {
        int start = at;
        while (at < format.Length && char.IsAsciiDigit(format[at]))
        {
            at++;
        }

        return int.TryParse(format.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }
}
