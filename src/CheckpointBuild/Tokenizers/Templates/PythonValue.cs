using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>What Python does with values of any type. A value is null (None), bool, long, double, string, a list, <see cref="TemplateTuple"/>, <see cref="TemplateDictionary"/>, <see cref="TemplateNamespace"/>,
/// <see cref="TemplateFunction"/>, <see cref="TemplateGenerator"/>, <see cref="TemplateLoop"/> or <see cref="Undefined"/>.</summary>
internal static class PythonValue
{
    /// <summary>Whether a value counts as true.</summary>
    /// <param name="value">The value.</param>
    /// <returns>False for none, false, zero, what is empty, and what is undefined.</returns>
    internal static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        TemplateMarkup markup => markup.Text.Length > 0,
        List<object?> list => list.Count > 0,
        TemplateTuple tuple => tuple.Items.Length > 0,
        TemplateDictionary dictionary => dictionary.Count > 0,
        _ => true,
    };

    /// <summary>Writes a value as <c>str</c> does.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Its text; empty for what is undefined.</returns>
    internal static string Text(object? value) => value switch
    {
        string text => text,
        TemplateMarkup markup => markup.Text,
        Undefined => "",
        _ => Representation(value),
    };

    /// <summary>Writes a value as <c>repr</c> does.</summary>
    /// <param name="value">The value.</param>
    /// <returns>Its text.</returns>
    internal static string Representation(object? value) => value switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => PythonNumber.Write(number),
        string text => PythonText.Quote(text),
        List<object?> list => $"[{string.Join(", ", list.Select(Representation))}]",
        TemplateTuple tuple => tuple.Items.Length == 1 ? $"({Representation(tuple.Items[0])},)" : $"({string.Join(", ", tuple.Items.Select(Representation))})",
        TemplateDictionary dictionary => $"{{{string.Join(", ", dictionary.Entries.Select(e => $"{Representation(TemplateDictionary.KeyOf(e.Key))}: {Representation(e.Value)}"))}}}",
        Undefined => "Undefined",
        _ => $"<{TypeName(value)}>",
    };

    /// <summary>The items of a value.</summary>
    /// <param name="value">A list, tuple, dictionary (its keys), string (its characters), or what is undefined (none).</param>
    /// <returns>The items.</returns>
    /// <exception cref="TemplateFailureException">It has no items.</exception>
    internal static IEnumerable<object?> Items(object? value) => value switch
    {
        List<object?> list => list,
        TemplateTuple tuple => tuple.Items,
        TemplateDictionary dictionary => dictionary.Entries.Select(e => TemplateDictionary.KeyOf(e.Key)),
        string text => PythonText.Characters(text),
        TemplateGenerator generator => generator.Take(),
        Undefined => [],
        _ => throw new TemplateFailureException($"'{TypeName(value)}' object is not iterable"),
    };

    /// <summary>Whether a value has items.</summary>
    /// <param name="value">The value.</param>
    /// <returns>True when it has.</returns>
    internal static bool IsIterable(object? value) => value is List<object?> or TemplateTuple or TemplateDictionary or TemplateGenerator or string or Undefined;

    /// <summary>How many items a value has.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The count; of a string its characters.</returns>
    internal static long Length(object? value) => value switch
    {
        List<object?> list => list.Count,
        TemplateTuple tuple => tuple.Items.Length,
        TemplateDictionary dictionary => dictionary.Count,
        string text => PythonText.Length(text),
        Undefined => 0,
        _ => throw new TemplateFailureException($"object of type '{TypeName(value)}' has no len()"),
    };

    /// <summary>Compares two values.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    /// <returns>Below, at or above zero.</returns>
    /// <exception cref="TemplateFailureException">They have no order.</exception>
    internal static int Compare(object? left, object? right)
    {
        if (PythonNumber.TryGet(left, out double a) && PythonNumber.TryGet(right, out double b))
        {
            return left is long x && right is long y ? x.CompareTo(y) : a.CompareTo(b);
        }

        return (left, right) switch
        {
            (string x, string y) => PythonText.Compare(x, y),
            (List<object?> x, List<object?> y) => CompareItems(x, y),
            (TemplateTuple x, TemplateTuple y) => CompareItems(x.Items, y.Items),
            (Undefined undefined, _) => throw undefined.Failure(),
            (_, Undefined undefined) => throw undefined.Failure(),
            _ => throw new TemplateFailureException($"'{TypeName(left)}' and '{TypeName(right)}' have no order"),
        };
    }

    /// <summary>Whether a value holds another.</summary>
    /// <param name="container">The value.</param>
    /// <param name="item">The other.</param>
    /// <returns>True when it does.</returns>
    internal static bool Contains(object? container, object? item) => container switch
    {
        string text => item is string part ? text.Contains(part, StringComparison.Ordinal) : throw new TemplateFailureException($"'in <string>' requires string as left operand, not {TypeName(item)}"),
        TemplateDictionary dictionary => dictionary.TryGet(item, out _),
        _ => Items(container).Any(i => PythonEquality.AreEqual(i, item)),
    };

    /// <summary>What Python calls a value's type.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The name.</returns>
    internal static string TypeName(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        long => "int",
        double => "float",
        string => "str",
        List<object?> => "list",
        TemplateTuple => "tuple",
        TemplateDictionary => "dict",
        Undefined => "Undefined",
        TemplateNamespace => "Namespace",
        TemplateFunction => "function",
        TemplateGenerator => "generator",
        _ => "object",
    };

    private static int CompareItems(IEnumerable<object?> left, IEnumerable<object?> right)
    {
        foreach ((object? x, object? y) in left.Zip(right))
        {
            if (!PythonEquality.AreEqual(x, y))
            {
                return Compare(x, y);
            }
        }

        return left.Count().CompareTo(right.Count());
    }
}
