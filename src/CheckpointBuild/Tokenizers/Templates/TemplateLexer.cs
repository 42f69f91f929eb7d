using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace CheckpointBuild.Tokenizers.Templates;

/// <summary>Cuts a template into tokens, with the white-space rules of the reference's environment: <c>trim_blocks</c> and <c>lstrip_blocks</c>.</summary>
/// <remarks>
/// A newline right behind a statement or comment goes, and so do spaces and tabs before one that begins a line; <c>-</c> takes all white space on its side, <c>+</c> keeps it. One newline at the very end of the template goes.
/// </remarks>
internal sealed class TemplateLexer
{
    private static readonly string[] Operators = ["**", "//", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    private readonly string _text;
    private readonly List<TemplateToken> _tokens = [];
    private int _at;
    private int _line = 1;
    private int _depth;

    private TemplateLexer(string text) => _text = text;

    /// <summary>Cuts a template.</summary>
    /// <param name="text">The template.</param>
    /// <returns>Its tokens; the last is <see cref="TemplateTokenKind.End"/>.</returns>
    /// <exception cref="TemplateFailureException">It holds what is no token.</exception>
    internal static List<TemplateToken> Cut(string text)
    {
        text = text.ReplaceLineEndings("\n");
        var lexer = new TemplateLexer(text.EndsWith('\n') ? text[..^1] : text);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        bool startsLine = true;
        while (_at < _text.Length)
        {
            int tag = NextTag();
            if (tag < 0)
            {
                AddText(_text.Length, _text.Length);
                break;
            }

            char kind = _text[tag + 1];
            char sign = tag + 2 < _text.Length ? _text[tag + 2] : '\0';
            AddText(tag, EndOfTextBefore(tag, kind, sign, startsLine));
            _at = tag + (sign is '-' or '+' ? 3 : 2);
            startsLine = kind switch
            {
                '#' => SkipComment(),
                '{' => CutTag("}}", TemplateTokenKind.PrintStart, TemplateTokenKind.PrintEnd),
                _ => TrySkipRaw(out bool rawStartsLine) ? rawStartsLine : CutTag("%}", TemplateTokenKind.BlockStart, TemplateTokenKind.BlockEnd),
            };
        }

        _tokens.Add(new(TemplateTokenKind.End, "", _line));
    }

    private int NextTag()
    {
        for (int i = _text.IndexOf('{', _at); i >= 0 && i + 1 < _text.Length; i = _text.IndexOf('{', i + 1))
        {
            if (_text[i + 1] is '{' or '%' or '#')
            {
                return i;
            }
        }

        return -1;
    }

    private int EndOfTextBefore(int tag, char kind, char sign, bool startsLine)
    {
        if (sign == '-')
        {
            return _at + PythonText.TrimEnd(_text.AsSpan(_at, tag - _at)).Length;
        }

        if (sign == '+' || kind == '{')
        {
            return tag;
        }

        int lineStart = tag == _at ? _at : _text.LastIndexOf('\n', tag - 1, tag - _at) is >= 0 and int newline ? newline + 1 : _at;
        bool beginsLine = lineStart > _at || startsLine;
        return beginsLine && PythonText.TrimEnd(_text.AsSpan(lineStart, tag - lineStart)).IsEmpty ? lineStart : tag;
    }

    /// <summary>Adds the text up to an end, and counts the lines up to the tag behind it.</summary>
    private void AddText(int tag, int end)
    {
        if (end > _at)
        {
            _tokens.Add(new(TemplateTokenKind.Text, _text[_at..end], _line));
        }

        MoveTo(tag);
    }

    private void MoveTo(int place)
    {
        for (; _at < place; _at++)
        {
            _line += _text[_at] == '\n' ? 1 : 0;
        }
    }

    private bool SkipComment()
    {
        int end = _text.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Failure("a comment that is not closed");
        }

        char sign = end > _at ? _text[end - 1] : '\0';
        MoveTo(end + 2);
        return SkipBehind(sign, isStatement: true);
    }

    /// <summary>Skips what goes behind a tag.</summary>
    /// <returns>Whether the next text begins a line.</returns>
    private bool SkipBehind(char sign, bool isStatement)
    {
        int end = _at;
        if (sign == '-')
        {
            end += _text.Length - _at - PythonText.TrimStart(_text.AsSpan(_at)).Length;
        }
        else if (isStatement && sign != '+' && _at < _text.Length && _text[_at] == '\n')
        {
            end++;
        }

        MoveTo(end);
        return end > 0 && _text[end - 1] == '\n' && (sign == '-' || isStatement);
    }

    private bool TrySkipRaw(out bool startsLine)
    {
        startsLine = false;
        int at = _at + (_text.Length - _at - PythonText.TrimStart(_text.AsSpan(_at)).Length);
        if (!_text.AsSpan(at).StartsWith("raw", StringComparison.Ordinal))
        {
            return false;
        }

        int close = _text.IndexOf("%}", at, StringComparison.Ordinal);
        if (close < 0 || PythonText.TrimStart(_text.AsSpan(at + 3, close - at - 3)) is not ("" or "-" or "+"))
        {
            return false;
        }

        char openSign = _text[close - 1];
        MoveTo(close + 2);
        SkipBehind(openSign, isStatement: true);
        for (int tag = _text.IndexOf("{%", _at, StringComparison.Ordinal); tag >= 0; tag = _text.IndexOf("{%", tag + 2, StringComparison.Ordinal))
        {
            int end = _text.IndexOf("%}", tag, StringComparison.Ordinal);
            if (end > 0 && _text[(tag + 2)..end].Trim('-', '+', ' ', '\n', '\t') == "endraw")
            {
                char sign = _text[tag + 2];
                AddText(end + 2, EndOfTextBefore(tag, '%', sign, startsLine: false));
                startsLine = SkipBehind(_text[end - 1], isStatement: true);
                return true;
            }
        }

        throw Failure("a raw block that is not closed");
    }

    private bool CutTag(string close, TemplateTokenKind start, TemplateTokenKind end)
    {
        _tokens.Add(new(start, "", _line));
        _depth = 0;
        while (true)
        {
            MoveTo(_text.Length - PythonText.TrimStart(_text.AsSpan(_at)).Length);
            if (_at >= _text.Length)
            {
                throw Failure("a tag that is not closed");
            }

            char sign = _text[_at] is '-' or '+' && _text.AsSpan(_at + 1).StartsWith(close, StringComparison.Ordinal) && (_text[_at] == '-' || close == "%}") ? _text[_at] : '\0';
            if (_depth == 0 && (sign != '\0' || _text.AsSpan(_at).StartsWith(close, StringComparison.Ordinal)))
            {
                _tokens.Add(new(end, "", _line));
                _at += sign == '\0' ? 2 : 3;
                return SkipBehind(sign, isStatement: close == "%}");
            }

            CutToken();
        }
    }

    private void CutToken()
    {
        char c = _text[_at];
        if (c is '"' or '\'')
        {
            CutString(c);
        }
        else if (char.IsAsciiDigit(c))
        {
            CutNumber();
        }
        else if (c == '_' || char.IsLetter(c))
        {
            int start = _at;
            while (_at < _text.Length && (_text[_at] == '_' || char.IsLetterOrDigit(_text[_at])))
            {
                _at++;
            }

            _tokens.Add(new(TemplateTokenKind.Name, _text[start.._at], _line));
        }
        else
        {
            string found = Array.Find(Operators, o => _text.AsSpan(_at).StartsWith(o, StringComparison.Ordinal)) ?? throw Failure($"the character '{c}'");
            _depth += found is "(" or "[" or "{" ? 1 : found is ")" or "]" or "}" ? -1 : 0;
            _tokens.Add(new(TemplateTokenKind.Operator, found, _line));
            _at += found.Length;
        }
    }

    private void CutNumber()
    {
        int start = _at;
        string prefix = _text.AsSpan(_at).StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? "x" : "";
        if (prefix.Length > 0)
        {
            _at += 2;
            SkipWhile(char.IsAsciiHexDigit);
            Add(TemplateTokenKind.Integer, long.TryParse(_text.AsSpan(start + 2, _at - start - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hex) ? hex.ToString(CultureInfo.InvariantCulture) : throw Failure("a number this large"));
            return;
        }

        SkipWhile(IsDigit);
        bool isFloat = false;
        if (_at + 1 < _text.Length && _text[_at] == '.' && char.IsAsciiDigit(_text[_at + 1]))
        {
            isFloat = true;
            _at++;
            SkipWhile(IsDigit);
        }

        int mark = _at;
        if (_at + 1 < _text.Length && _text[_at] is 'e' or 'E')
        {
            _at += _text[_at + 1] is '+' or '-' ? 2 : 1;
            int digits = _at;
            SkipWhile(IsDigit);
            (_at, isFloat) = _at > digits ? (_at, true) : (mark, isFloat);
        }

        Add(isFloat ? TemplateTokenKind.Float : TemplateTokenKind.Integer, _text[start.._at].Replace("_", "", StringComparison.Ordinal));

        static bool IsDigit(char c) => char.IsAsciiDigit(c) || c == '_';
    }

    private void SkipWhile(Func<char, bool> rule)
    {
        while (_at < _text.Length && rule(_text[_at]))
        {
            _at++;
        }
    }

    private void Add(TemplateTokenKind kind, string text) => _tokens.Add(new(kind, text, _line));

    private void CutString(char quote)
    {
        int end = _at + 1;
        while (end < _text.Length && _text[end] != quote)
        {
            end += _text[end] == '\\' ? 2 : 1;
        }

        if (end >= _text.Length)
        {
            throw Failure("a string that is not closed");
        }

        _tokens.Add(new(TemplateTokenKind.String, Unescape(_text.AsSpan(_at + 1, end - _at - 1)), _line));
        MoveTo(end + 1);
    }

    /// <summary>Resolves Python's escapes; a backslash before any other character stays.</summary>
    private string Unescape(ReadOnlySpan<char> text)
    {
        if (!text.Contains('\\'))
        {
            return text.ToString();
        }

        var output = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                output.Append(text[i]);
                continue;
            }

            char c = text[++i];
            int digits = c switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
            if (digits > 0)
            {
                output.Append(CodePoint(text, i + 1, digits));
                i += digits;
                continue;
            }

            output.Append(c switch
            {
                '\n' => "",
                'n' => "\n",
                't' => "\t",
                'r' => "\r",
                'a' => "\a",
                'b' => "\b",
                'f' => "\f",
                'v' => "\v",
                '0' => "\0",
                '\\' or '\'' or '"' => c.ToString(),
                _ => $"\\{c}",
            });
        }

        return output.ToString();
    }

    private string CodePoint(ReadOnlySpan<char> text, int start, int digits) =>
        start + digits <= text.Length && int.TryParse(text.Slice(start, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) && Rune.IsValid(value)
            ? char.ConvertFromUtf32(value)
            : throw Failure("an escape without its number");

    private TemplateFailureException Failure(string what) => new($"holds {what}", _line);
}
