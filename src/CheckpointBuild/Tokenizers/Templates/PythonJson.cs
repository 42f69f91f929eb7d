using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>Writes JSON as Python's <c>json.dumps</c> does.</summary>
internal sealed class PythonJson
{
    /// <summary>Values may stand this deep in each other.</summary>
    private const int MostDepth = 200;

    private readonly StringBuilder _output = new();
    private readonly TemplateBudget _budget;
    private readonly string? _indent;
    private readonly string _itemSeparator;
    private readonly string _keySeparator;
    private readonly bool _escapes;
    private readonly bool _sorts;
    private int _depth;

    private PythonJson(TemplateArguments arguments, TemplateBudget budget)
    {
        _budget = budget;
        _escapes = arguments.Flag(0, "ensure_ascii");
        _indent = arguments.Get(1, "indent", null) switch
        {
            null => null,
            string text => text,
            long width and >= 0 and <= 1000 => new string(' ', (int)width),
            _ => throw new TemplateFailureException("the argument 'indent' is no usable width"),
        };
        object?[] separators = arguments.Get(2, "separators", null) is { } pair ? [.. PythonValue.Items(pair)] : [_indent is null ? ", " : ",", ": "];
        (_itemSeparator, _keySeparator) = separators is [string item, string key] ? (item, key) : throw new TemplateFailureException("the argument 'separators' is no pair of strings");
        _sorts = arguments.Flag(3, "sort_keys");
    }

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="arguments"><c>ensure_ascii</c>, <c>indent</c>, <c>separators</c>, <c>sort_keys</c>.</param>
    /// <param name="budget">What may be used.</param>
    /// <returns>Its JSON.</returns>
    /// <exception cref="TemplateFailureException">It has none.</exception>
    internal static string Write(object? value, TemplateArguments arguments, TemplateBudget budget)
    {
        var json = new PythonJson(arguments, budget);
        json.Write(value);
        return json._output.ToString();
    }

    private void Write(object? value)
    {
        _budget.Step();
        switch (value)
        {
            case null:
                _output.Append("null");
                break;
            case bool flag:
                _output.Append(flag ? "true" : "false");
                break;
            case long number:
                _output.Append(CultureInfo.InvariantCulture, $"{number}");
                break;
            case double number:
                _output.Append(Float(number));
                break;
            case TemplateMarkup markup:
                Quote(markup.Text);
                break;
            case string text:
                Quote(text);
                break;
            case List<object?> or TemplateTuple:
                WriteAll('[', ']', PythonValue.Items(value), Write);
                break;
            case TemplateDictionary dictionary:
                IEnumerable<KeyValuePair<object, object?>> entries = _sorts ? dictionary.Entries.OrderBy(e => Key(e.Key), Comparer<string>.Create(PythonText.Compare)) : dictionary.Entries;
                WriteAll('{', '}', entries, WriteEntry);
                break;
            default:
                throw new TemplateFailureException($"Object of type {PythonValue.TypeName(value)} is not JSON serializable");
        }
    }

    private void WriteEntry(KeyValuePair<object, object?> entry)
    {
        Quote(Key(entry.Key));
        _output.Append(_keySeparator);
        Write(entry.Value);
    }

    private void WriteAll<T>(char open, char close, IEnumerable<T> items, Action<T> write)
    {
        if (++_depth > MostDepth)
        {
            throw new TemplateFailureException("a value is too deep for JSON");
        }

        _output.Append(open);
        bool any = false;
        foreach (T item in items)
        {
            _output.Append(any ? _itemSeparator : "");
            NewLine(_depth);
            write(item);
            any = true;
        }

        _depth--;
        if (any)
        {
            NewLine(_depth);
        }

        _output.Append(close);
    }

    private void NewLine(int depth)
    {
        if (_indent is not null)
        {
            _output.Append('\n').Insert(_output.Length, _indent, depth);
            _budget.Make((long)_indent.Length * depth);
        }
    }

    private static string Key(object key) => TemplateDictionary.KeyOf(key) switch
    {
        string text => text,
        null => "null",
        bool flag => flag ? "true" : "false",
        double number => Float(number),
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => throw new TemplateFailureException("a key is no string"),
    };

    private static string Float(double number) => double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? number > 0 ? "Infinity" : "-Infinity" : PythonNumber.Write(number);

    private void Quote(string text)
    {
        _budget.Make(text.Length);
        _output.Append('"');
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => _output.Append("\\\""),
                '\\' => _output.Append("\\\\"),
                '\n' => _output.Append("\\n"),
                '\r' => _output.Append("\\r"),
                '\t' => _output.Append("\\t"),
                '\b' => _output.Append("\\b"),
                '\f' => _output.Append("\\f"),
                _ when c < ' ' || (_escapes && c > '~') => _output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => _output.Append(c),
            };
        }

        _output.Append('"');
    }
}
