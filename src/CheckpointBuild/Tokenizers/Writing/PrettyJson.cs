using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace CheckpointBuild.Tokenizers.Writing;

/// <summary>Writes JSON as the reference libraries do: two spaces a level, one value a line, letters of every script as they are.</summary>
internal sealed class PrettyJson
{
    private readonly StringBuilder _text = new();
    private readonly Stack<(char End, bool HasItems)> _open = new();

    /// <summary>Begins an object.</summary>
    /// <param name="name">Its name, where it is a field.</param>
    /// <returns>The same writer.</returns>
    internal PrettyJson BeginObject(string? name = null) => Begin(name, '{', '}');

    /// <summary>Begins an array.</summary>
    /// <param name="name">Its name, where it is a field.</param>
    /// <returns>The same writer.</returns>
    internal PrettyJson BeginArray(string? name = null) => Begin(name, '[', ']');

    /// <summary>Ends what was begun last.</summary>
    /// <returns>The same writer.</returns>
    internal PrettyJson End()
    {
        (char end, bool hasItems) = _open.Pop();
        if (hasItems)
        {
            NewLine();
        }

        _text.Append(end);
        return this;
    }

    /// <summary>Writes a string, or null.</summary>
    /// <param name="name">Its name, where it is a field.</param>
    /// <param name="value">The string.</param>
    /// <returns>The same writer.</returns>
    internal PrettyJson Text(string? name, string? value)
    {
        Name(name);
        if (value is null)
        {
            _text.Append("null");
        }
        else
        {
            Quote(value);
        }

        return this;
    }

    /// <summary>Writes an integer.</summary>
    /// <param name="name">Its name, where it is a field.</param>
    /// <param name="value">The integer.</param>
    /// <returns>The same writer.</returns>
    internal PrettyJson Integer(string? name, long value) => Raw(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Writes a number in the shortest form that reads back the same, always with a point or an exponent.</summary>
    /// <param name="name">Its name, where it is a field.</param>
    /// <param name="value">The number; finite.</param>
    /// <returns>The same writer.</returns>
    internal PrettyJson Number(string? name, double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        int exponent = text.IndexOf('E', StringComparison.Ordinal);
        text = exponent < 0
            ? text.Contains('.', StringComparison.Ordinal) ? text : text + ".0"
            : $"{text[..exponent]}e{int.Parse(text.AsSpan(exponent + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)}";
        return Raw(name, text);
    }

    /// <summary>Writes a boolean.</summary>
    /// <param name="name">Its name, where it is a field.</param>
    /// <param name="value">The boolean.</param>
    /// <returns>The same writer.</returns>
    internal PrettyJson Flag(string? name, bool value) => Raw(name, value ? "true" : "false");

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private PrettyJson Begin(string? name, char start, char end)
    {
        Name(name);
        _text.Append(start);
        _open.Push((end, false));
        return this;
    }

    private PrettyJson Raw(string? name, string value)
    {
        Name(name);
        _text.Append(value);
        return this;
    }

    private void Name(string? name)
    {
        if (_open.TryPop(out (char End, bool HasItems) outer))
        {
            _text.Append(outer.HasItems ? "," : "");
            _open.Push((outer.End, true));
            NewLine();
        }

        if (name is not null)
        {
            Quote(name);
            _text.Append(": ");
        }
    }

    private void NewLine() => _text.Append('\n').Append(' ', 2 * _open.Count);

    private void Quote(string value)
    {
        _text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => _text.Append("\\\""),
                '\\' => _text.Append("\\\\"),
                '\n' => _text.Append("\\n"),
                '\r' => _text.Append("\\r"),
                '\t' => _text.Append("\\t"),
                '\b' => _text.Append("\\b"),
                '\f' => _text.Append("\\f"),
                < ' ' => _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => _text.Append(c),
            };
        }

        _text.Append('"');
    }
}
