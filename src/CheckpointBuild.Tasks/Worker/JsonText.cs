using System.Globalization;
using System.Text;

namespace CheckpointBuild.Tasks.Worker;

/// <summary>Writes JSON: as much of it as a request needs, so that the task assembly brings no JSON library into anyone's MSBuild.</summary>
internal sealed class JsonText
{
    private readonly StringBuilder _text = new();
    private bool _separate;

    /// <summary>Opens an object or an array: <c>{</c> or <c>[</c>.</summary>
    internal JsonText Open(char bracket)
    {
        Separate();
        _text.Append(bracket);
        _separate = false;
        return this;
    }

    /// <summary>Closes an object or an array: <c>}</c> or <c>]</c>.</summary>
    internal JsonText Close(char bracket)
    {
        _text.Append(bracket);
        _separate = true;
        return this;
    }

    /// <summary>Writes a member's name.</summary>
    internal JsonText Name(string name)
    {
        Separate();
        AppendQuoted(name);
        _text.Append(':');
        _separate = false;
        return this;
    }

    /// <summary>Writes a string.</summary>
    internal JsonText Value(string value)
    {
        Separate();
        AppendQuoted(value);
        return this;
    }

    /// <summary>Writes <c>true</c> or <c>false</c>.</summary>
    internal JsonText Value(bool value)
    {
        Separate();
        _text.Append(value ? "true" : "false");
        return this;
    }

    /// <summary>Writes a whole number.</summary>
    internal JsonText Value(int value)
    {
        Separate();
        _text.Append(value.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private void Separate()
    {
        if (_separate)
        {
            _text.Append(',');
        }

        _separate = true;
    }

    private void AppendQuoted(string value)
    {
        _text.Append('"');
        foreach (char c in value)
        {
            // Lone surrogates, which file names may hold, would not survive UTF-8; as escapes they do.
            if (c is '"' or '\\')
            {
                _text.Append('\\').Append(c);
            }
            else if (c < ' ' || char.IsSurrogate(c))
            {
                _text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                _text.Append(c);
            }
        }

        _text.Append('"');
    }
}
