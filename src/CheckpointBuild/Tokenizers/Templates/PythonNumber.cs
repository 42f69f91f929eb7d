using System;
using System.Globalization;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>Numbers as Python has them. Integers are 64 bits wide here; what goes beyond fails.</summary>
internal static class PythonNumber
{
    /// <summary>A value as a number; booleans are 1 and 0.</summary>
    /// <param name="value">The value.</param>
    /// <param name="number">The number.</param>
    /// <returns>Whether it is one.</returns>
    internal static bool TryGet(object? value, out double number)
    {
        number = value switch { long integer => integer, double real => real, bool flag => flag ? 1 : 0, _ => 0 };
        return value is long or double or bool;
    }

    /// <summary>A value as an integer; booleans are 1 and 0.</summary>
    /// <param name="value">The value.</param>
    /// <param name="number">The integer.</param>
    /// <returns>Whether it is one.</returns>
    internal static bool TryGetInteger(object? value, out long number)
    {
        number = value switch { long integer => integer, bool flag => flag ? 1 : 0, _ => 0 };
        return value is long or bool;
    }

    /// <summary>Carries out an operator on two numbers.</summary>
    /// <param name="name">The operator.</param>
    /// <param name="left">The left number.</param>
    /// <param name="right">The right number.</param>
    /// <returns>The result.</returns>
    internal static object Apply(string name, object? left, object? right)
    {
        TryGet(left, out double a);
        TryGet(right, out double b);
        if (name is "/" or "//" or "%" && b == 0)
        {
            throw new TemplateFailureException("division by zero");
        }

        bool areIntegers = TryGetInteger(left, out long x) & TryGetInteger(right, out long y);
        try
        {
            return name switch
            {
                "+" => areIntegers ? (object)checked(x + y) : a + b,
                "-" => areIntegers ? (object)checked(x - y) : a - b,
                "*" => areIntegers ? (object)checked(x * y) : a * b,
                "/" => a / b,
                "//" => areIntegers ? (object)FloorDivide(x, y) : Math.Floor(a / b),
                "%" => areIntegers ? (object)(x - (FloorDivide(x, y) * y)) : a - (Math.Floor(a / b) * b),
                "**" => areIntegers && y >= 0 ? (object)Power(x, y) : Math.Pow(a, b),
                _ => throw new TemplateFailureException($"'{name}' is no operator on numbers"),
            };
        }
        catch (OverflowException)
        {
            throw new TemplateFailureException("an integer becomes too large");
        }
    }

    /// <summary>Writes a float as Python does: the shortest digits that read back the same, with a point or an exponent.</summary>
    /// <param name="value">The float.</param>
    /// <returns>Its text.</returns>
    internal static string Write(double value)
    {
        if (double.IsNaN(value))
        {
            return "nan";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "inf" : "-inf";
        }

        // .NET's shortest digits, laid out by Python's rule: an exponent below 1e-4 and from 1e16 on.
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        int exponent = ExponentOf(shortest.TrimStart('-'));
        string sign = value < 0 || (value == 0 && double.IsNegative(value)) ? "-" : "";
        string digits = shortest.Split('E')[0].Replace("-", "", StringComparison.Ordinal).Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        digits = digits.TrimEnd('0') is { Length: > 0 } kept ? kept : "0";
        if (value != 0 && exponent is < -4 or >= 16)
        {
            string fraction = digits.Length > 1 ? $".{digits[1..]}" : "";
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }

        if (exponent < 0 && value != 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        }

        string whole = digits.PadRight(exponent + 1, '0');
        return $"{sign}{whole[..(exponent + 1)]}.{(whole.Length > exponent + 1 ? whole[(exponent + 1)..] : "0")}";
    }

    // Of the first digit that is not 0; the exact digits would not do, which for 1e-6 begin with 9.99e-7.
    private static int ExponentOf(string shortest)
    {
        string[] parts = shortest.Split('E');
        int written = parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
        string[] digits = parts[0].Split('.');
        string fraction = digits.Length > 1 ? digits[1] : "";
        return written + (digits[0] != "0" ? digits[0].Length - 1 : fraction.TrimStart('0').Length - fraction.Length - 1);
    }

    private static long FloorDivide(long x, long y)
    {
        long quotient = checked(x / y);
        return x % y != 0 && (x < 0) != (y < 0) ? quotient - 1 : quotient;
    }

    private static long Power(long x, long y)
    {
        long result = 1;
        for (long i = 0; i < y; i++)
        {
            result = checked(result * x);
            if (result is 0 or 1 && x is 0 or 1)
            {
                break;
            }
        }

        return result;
    }
}
