using System;
using System.Globalization;
using System.Text;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>Writes dates as Python's <c>strftime</c> does.</summary>
internal static class PythonDate
{
    /// <summary>Writes a date.</summary>
    /// <param name="time">The date and time.</param>
    /// <param name="format">The format, with <c>%</c> before each field; <c>-</c> behind it takes leading zeros away.</param>
    /// <returns>Its text.</returns>
    /// <exception cref="TemplateFailureException">A field is not known.</exception>
    internal static string Write(DateTime time, string format)
    {
        var output = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                output.Append(format[i]);
                continue;
            }

            bool plain = format[i + 1] == '-' && i + 2 < format.Length;
            i += plain ? 2 : 1;
            string field = Field(time, format[i]);
            output.Append(plain ? field.TrimStart('0') is { Length: > 0 } rest ? rest : "0" : field);
        }

        return output.ToString();
    }

    private static string Field(DateTime time, char field)
    {
        string? net = field switch
        {
            'd' => "dd",
            'm' => "MM",
            'Y' => "yyyy",
            'y' => "yy",
            'H' => "HH",
            'I' => "hh",
            'M' => "mm",
            'S' => "ss",
            'p' => "tt",
            'B' => "MMMM",
            'b' or 'h' => "MMM",
            'A' => "dddd",
            'a' => "ddd",
            'F' => "yyyy-MM-dd",
            'T' or 'X' => "HH:mm:ss",
            'R' => "HH:mm",
            'D' or 'x' => "MM/dd/yy",
            'f' => "ffffff",
            _ => null,
        };
        return net is not null ? time.ToString(net, CultureInfo.InvariantCulture) : field switch
        {
            '%' => "%",
            'n' => "\n",
            't' => "\t",
            'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'u' => (time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'c' => $"{time.ToString("ddd MMM", CultureInfo.InvariantCulture)} {Field(time, 'e')} {time.ToString("HH:mm:ss yyyy", CultureInfo.InvariantCulture)}",
            'z' or 'Z' => "",
            _ => throw new TemplateFailureException($"the date field '%{field}' is not supported"),
        };
    }
}
