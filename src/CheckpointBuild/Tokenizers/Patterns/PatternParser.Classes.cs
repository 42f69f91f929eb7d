using System;
using System.Globalization;

namespace CheckpointBuild.Tokenizers.Patterns;

/// <content>Character classes, escapes and properties.</content>
internal ref partial struct PatternParser
{
    /// <summary>Reads a class from its opening bracket: unions of what stands side by side, intersected where <c>&amp;&amp;</c> stands.</summary>
    private CharacterSet ReadClass()
    {
        if (++_depth > MostDepth)
        {
            throw Unsupported("nesting this deep");
        }

        _at++;
        bool negative = TryTake('^');
        CharacterSet? whole = null;
        CharacterSet set = CharacterSet.Empty;
        for (bool first = true; ; first = false)
        {
            if (IsAtEnd)
            {
                throw Unsupported("a class that is not closed");
            }

            if (!first && TryTake(']'))
            {
                break;
            }

            if (_pattern.AsSpan(_at).StartsWith("&&", StringComparison.Ordinal))
            {
                _at += 2;
                whole = whole is null ? set : whole.Intersect(set);
                set = CharacterSet.Empty;
                continue;
            }

            set = set.Union(ReadClassItem());
        }

        _depth--;
        whole = whole is null ? set : whole.Intersect(set);
        return negative ? whole.Negate() : whole;
    }

    private CharacterSet ReadClassItem()
    {
        if (_pattern.AsSpan(_at).StartsWith("[:", StringComparison.Ordinal))
        {
            return ReadPosixClass();
        }

        if (_pattern[_at] == '[')
        {
            return ReadClass();
        }

        CharacterSet set = ReadClassCharacter(out int first);
        if (IsAtEnd || _pattern[_at] != '-' || _at + 1 >= _pattern.Length || _pattern[_at + 1] == ']')
        {
            return set;
        }

        _at++;
        ReadClassCharacter(out int last);
        if (first < 0 || last < first)
        {
            throw Unsupported("a range without two ends");
        }

        return _anyCase ? AnyCaseRange(first, last) : CharacterSet.Range(first, last);
    }

    /// <summary>Reads a character of a class, or an escape.</summary>
    /// <param name="single">The one character, or -1 where an escape stands for several.</param>
    private CharacterSet ReadClassCharacter(out int single)
    {
        if (_pattern[_at] == '\\')
        {
            return ReadEscape(out single);
        }

        single = TakeCodePoint();
        return Literal(single);
    }

    private static CharacterSet AnyCaseRange(int first, int last)
    {
        CharacterSet set = CharacterSet.Range(first, last);
        for (int c = first; c <= Math.Min(last, 0xFFFF); c++)
        {
            set = set.Union(UnicodeSets.OfAnyCase(c));
        }

        return set;
    }

    private CharacterSet ReadPosixClass()
    {
        int close = _pattern.IndexOf(":]", _at, StringComparison.Ordinal);
        if (close < 0)
        {
            throw Unsupported("a class that is not closed");
        }

        string name = _pattern[(_at + 2)..close];
        bool negative = name.StartsWith('^');
        CharacterSet set = UnicodeSets.Named(negative ? name[1..] : name) ?? throw Unsupported($"the class '{name}'");
        _at = close + 2;
        return negative ? set.Negate() : set;
    }

    /// <summary>Reads an escape.</summary>
    /// <param name="single">The one character that it stands for, or -1 where it stands for several.</param>
    private CharacterSet ReadEscape(out int single)
    {
        single = -1;
        _at++;
        if (IsAtEnd)
        {
            throw Unsupported("a backslash at the end");
        }

        char c = _pattern[_at];
        CharacterSet? set = c switch
        {
            'p' or 'P' => ReadProperty(),
            's' => UnicodeSets.Space,
            'S' => UnicodeSets.Space.Negate(),
            'd' => UnicodeSets.Digit,
            'D' => UnicodeSets.Digit.Negate(),
            'w' => UnicodeSets.Word,
            'W' => UnicodeSets.Word.Negate(),
            'h' => CharacterSet.Range('0', '9').Union(CharacterSet.Range('a', 'f')).Union(CharacterSet.Range('A', 'F')),
            _ => null,
        };
        if (set is not null)
        {
            _at += c is 'p' or 'P' ? 0 : 1;
            return set;
        }

        single = ReadEscapedCharacter(c);
        return Literal(single);
    }

    private int ReadEscapedCharacter(char c)
    {
        int character = c switch
        {
            'r' => '\r',
            'n' => '\n',
            't' => '\t',
            'f' => '\f',
            'v' => '\v',
            'a' => '\a',
            'e' => 0x1B,
            _ => -1,
        };
        if (character >= 0)
        {
            _at++;
            return character;
        }

        if (c is 'x' or 'u')
        {
            return ReadCodePointNumber();
        }

        return char.IsAsciiLetterOrDigit(c) ? throw Unsupported($"the escape '\\{c}'") : TakeCodePoint();
    }

    private CharacterSet ReadProperty()
    {
        bool negative = _pattern[_at] == 'P';
        int close = _pattern.IndexOf('}', _at);
        if (_at + 1 >= _pattern.Length || _pattern[_at + 1] != '{' || close < 0)
        {
            throw Unsupported("a property without its name in braces");
        }

        string name = _pattern[(_at + 2)..close];
        negative ^= name.StartsWith('^');
        CharacterSet set = UnicodeSets.Named(name.TrimStart('^')) ?? throw Unsupported($"the property '{name}'");
        _at = close + 1;
        return negative ? set.Negate() : set;
    }

    private int ReadCodePointNumber()
    {
        bool wide = _pattern[_at++] == 'u';
        int length = wide ? 4 : 2;
        int start = _at;
        if (!wide && TryTake('{'))
        {
            start = _at;
            length = Math.Max(0, _pattern.IndexOf('}', _at) - _at);
            _at++;
        }

        if (start + length > _pattern.Length || !int.TryParse(_pattern.AsSpan(start, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) || value is < 0 or >= CharacterSet.End)
        {
            throw Unsupported("a code point without its number");
        }

        _at += length;
        return value;
    }
}
