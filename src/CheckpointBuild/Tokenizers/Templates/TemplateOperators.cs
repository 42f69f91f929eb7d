using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>The operators of two values.</summary>
internal static class TemplateOperators
{
    /// <summary>Carries out an operator.</summary>
    /// <param name="name">The operator.</param>
    /// <param name="left">The left value.</param>
    /// <param name="right">The right value.</param>
    /// <param name="budget">What may be used.</param>
    /// <returns>The result.</returns>
    internal static object? Apply(string name, object? left, object? right, TemplateBudget budget)
    {
        if (name == "+" && (left, right) is (TemplateMarkup, TemplateMarkup or string) or (string, TemplateMarkup))
        {
            return new TemplateMarkup(Joined(TemplateMarkup.Escape(left), TemplateMarkup.Escape(right), budget));
        }

        (left, right) = (TemplateMarkup.Plain(left), TemplateMarkup.Plain(right));
        if (name == "~")
        {
            return Joined(PythonValue.Text(left), PythonValue.Text(right), budget);
        }

        if ((left as Undefined ?? right as Undefined) is { } undefined)
        {
            throw undefined.Failure();
        }

        return (name, left, right) switch
        {
            ("+", string a, string b) => Joined(a, b, budget),
            ("+", List<object?> a, List<object?> b) => Joined(a, b, budget),
            ("+", TemplateTuple a, TemplateTuple b) => new TemplateTuple([.. Joined([.. a.Items], [.. b.Items], budget)]),
            ("*", string or List<object?>, _) when PythonNumber.TryGetInteger(right, out long times) => Repeated(left, times, budget),
            ("*", _, string or List<object?>) when PythonNumber.TryGetInteger(left, out long times) => Repeated(right, times, budget),
            ("%", string format, _) => PythonFormat.Percent(format, right),
            _ when PythonNumber.TryGet(left, out _) && PythonNumber.TryGet(right, out _) => PythonNumber.Apply(name, left, right),
            ("+", string, _) => throw new TemplateFailureException($"can only concatenate str (not \"{PythonValue.TypeName(right)}\") to str"),
            _ => throw new TemplateFailureException($"unsupported operand type(s) for {name}: '{PythonValue.TypeName(left)}' and '{PythonValue.TypeName(right)}'"),
        };
    }

    /// <summary>Carries out a comparison.</summary>
    /// <param name="name">The comparison.</param>
    /// <param name="left">The left value.</param>
    /// <param name="right">The right value.</param>
    /// <param name="budget">What may be used.</param>
    /// <returns>Whether it holds.</returns>
    internal static bool Compare(string name, object? left, object? right, TemplateBudget budget)
    {
        (left, right) = (TemplateMarkup.Plain(left), TemplateMarkup.Plain(right));
        budget.Make(Size(left) + Size(right));
        return Compare(name, left, right);
    }

    private static bool Compare(string name, object? left, object? right) => name switch
    {
        "==" => PythonEquality.AreEqual(left, right),
        "!=" => !PythonEquality.AreEqual(left, right),
        "in" => PythonValue.Contains(right, left),
        "not in" => !PythonValue.Contains(right, left),
        "<" => PythonValue.Compare(left, right) < 0,
        "<=" => PythonValue.Compare(left, right) <= 0,
        ">" => PythonValue.Compare(left, right) > 0,
        _ => PythonValue.Compare(left, right) >= 0,
    };

    private static string Joined(string left, string right, TemplateBudget budget)
    {
        budget.Make((long)left.Length + right.Length);
        return left + right;
    }

    private static List<object?> Joined(List<object?> left, List<object?> right, TemplateBudget budget)
    {
        budget.Make((long)left.Count + right.Count);
        return [.. left, .. right];
    }

    private static object Repeated(object? value, long times, TemplateBudget budget)
    {
        long length = PythonValue.Length(value);
        int count = length == 0 || times < 0 ? 0 : (int)System.Math.Min(times, int.MaxValue);
        budget.Make(length * count);
        return value is string text ? string.Concat(Enumerable.Repeat(text, count)) : Enumerable.Repeat((List<object?>)value!, count).SelectMany(i => i).ToList();
    }

    /// <summary>What a search through a value costs.</summary>
    private static long Size(object? value) => value is string or List<object?> or TemplateTuple or TemplateDictionary ? PythonValue.Length(value) : 0;
}
