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

        int start = _at;
        CharacterSet set = _pattern[_at] == '\\' ? ReadEscape() : Literal(TakeCodePoint());
        if (IsAtEnd || _pattern[_at] != '-' || _at + 1 >= _pattern.Length || _pattern[_at + 1] == ']')
        {
            return set;
        }

        int first = SingleAt(start);
        _at++;
        int second = SingleAt(_at);
        CharacterSet? last = _pattern[_at] == '\\' ? ReadEscape() : Literal(TakeCodePoint());
        if (first < 0 || second < first)
        {
            throw Unsupported("a range without two ends");
        }

        return last is not null && _anyCase ? AnyCaseRange(first, second) : CharacterSet.Range(first, second);
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

    /// <summary>The one character that stands at a place of a class, or -1 where an escape stands for several.</summary>
    private readonly int SingleAt(int start)
    {
        PatternParser copy = this;
        copy._at = start;
        copy._anyCase = false;
        if (copy._pattern[start] != '\\')
        {
            return copy.TakeCodePoint();
        }

        CharacterSet set = copy.ReadEscape();
        for (int c = 0; c < 0x10000; c++)
        {
            if (set.Contains(c))
            {
                return set.Intersect(CharacterSet.Of(c).Negate()).IsEmpty ? c : -1;
            }
        }

        return -1;
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

    private CharacterSet ReadEscape()
    {
        _at++;
        if (IsAtEnd)
        {
            throw Unsupported("a backslash at the end");
        }

        char c = _pattern[_at];
        switch (c)
        {
            case 'p' or 'P':
                return ReadProperty();
            case 'x' or 'u':
                return Literal(ReadCodePointNumber());
            case >= '0' and <= '9':
                throw Unsupported($"the reference or number '\\{c}'");
        }

        CharacterSet? set = c switch
        {
            's' => UnicodeSets.Space,
            'S' => UnicodeSets.Space.Negate(),
            'd' => UnicodeSets.Digit,
            'D' => UnicodeSets.Digit.Negate(),
            'w' => UnicodeSets.Word,
            'W' => UnicodeSets.Word.Negate(),
            'h' => CharacterSet.Range('0', '9').Union(CharacterSet.Range('a', 'f')).Union(CharacterSet.Range('A', 'F')),
            'r' => CharacterSet.Of('\r'),
            'n' => CharacterSet.Of('\n'),
            't' => CharacterSet.Of('\t'),
            'f' => CharacterSet.Of('\f'),
            'v' => CharacterSet.Of('\v'),
            'a' => CharacterSet.Of('\a'),
            'e' => CharacterSet.Of(0x1B),
            _ => char.IsAsciiLetter(c) ? throw Unsupported($"the escape '\\{c}'") : null,
        };
        if (set is not null)
        {
            _at++;
            return set;
        }

        return Literal(TakeCodePoint());
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
