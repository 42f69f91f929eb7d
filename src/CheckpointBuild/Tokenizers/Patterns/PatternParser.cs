using System;
using System.Collections.Generic;
using System.Globalization;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tokenizers.Patterns;

/// <summary>Reads a regular expression in Oniguruma's syntax, which is what <c>tokenizer.json</c> holds, over code points.</summary>
/// <remarks>
/// Alternation, groups of every kind without capture, quantifiers (greedy, lazy, possessive), look-ahead, one-character look-behind, classes with ranges, properties, negation and intersection, <c>(?i)</c>.
/// Back references, conditions and named recursion are refused by name: no tokenizer uses them, and without them a match depends on the place alone.
/// </remarks>
internal ref partial struct PatternParser
{
    /// <summary>Groups and classes may stand this deep in each other.</summary>
    private const int MostDepth = 50;

    /// <summary>Quantifiers may follow each other this often.</summary>
    private const int MostRepeats = 4;

    private readonly string _pattern;
    private int _at;
    private int _depth;
    private bool _anyCase;

    private PatternParser(string pattern) => _pattern = pattern;

    private readonly bool IsAtEnd => _at >= _pattern.Length;

    /// <summary>Reads a pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <returns>Its tree.</returns>
    /// <exception cref="CheckpointException">CKPT2103 where it holds what is not supported.</exception>
    internal static PatternNode Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        PatternNode node = parser.ReadChoice();
        return parser.IsAtEnd ? node : throw parser.Unsupported("a closing parenthesis without an opening one");
    }

    private PatternNode ReadChoice()
    {
        if (++_depth > MostDepth)
        {
            throw Unsupported("nesting this deep");
        }

        var choices = new List<PatternNode> { ReadSequence() };
        while (TryTake('|'))
        {
            choices.Add(ReadSequence());
        }

        _depth--;
        return choices.Count == 1 ? choices[0] : new PatternNode.Choice([.. choices]);
    }

    private PatternNode ReadSequence()
    {
        var parts = new List<PatternNode>();
        while (!IsAtEnd && _pattern[_at] is not ('|' or ')'))
        {
            parts.Add(ReadQuantified());
        }

        return parts.Count == 1 ? parts[0] : new PatternNode.Sequence([.. parts]);
    }

    private PatternNode ReadQuantified()
    {
        PatternNode node = ReadAtom();
        int repeats = 0;
        while (TryReadQuantifier(out int least, out int most, out bool isBraced))
        {
            // Oniguruma reads '{1,3}+' as a repetition of '{1,3}', and only '?+', '*+' and '++' as possessive.
            RepeatManner manner = TryTake('?') ? RepeatManner.Lazy : !isBraced && TryTake('+') ? RepeatManner.Possessive : RepeatManner.Greedy;
            node = ++repeats <= MostRepeats ? new PatternNode.Repeat(node, least, most, manner) : throw Unsupported($"more than {MostRepeats} quantifiers on one part");
        }

        return node;
    }

    private bool TryReadQuantifier(out int least, out int most, out bool isBraced)
    {
        (least, most, isBraced) = (0, PatternNode.Unbounded, false);
        if (IsAtEnd)
        {
            return false;
        }

        switch (_pattern[_at])
        {
            case '*':
                break;
            case '+':
                least = 1;
                break;
            case '?':
                most = 1;
                break;
            case '{':
                isBraced = true;
                return TryReadBounds(out least, out most);
            default:
                return false;
        }

        _at++;
        return true;
    }

    /// <summary>Reads <c>{n}</c>, <c>{n,}</c>, <c>{,m}</c> or <c>{n,m}</c>; any other brace is an ordinary character.</summary>
    private bool TryReadBounds(out int least, out int most)
    {
        (least, most) = (0, PatternNode.Unbounded);
        int close = _pattern.IndexOf('}', _at);
        if (close < 0)
        {
            return false;
        }

        ReadOnlySpan<char> inside = _pattern.AsSpan(_at + 1, close - _at - 1);
        int comma = inside.IndexOf(',');
        ReadOnlySpan<char> first = comma < 0 ? inside : inside[..comma];
        ReadOnlySpan<char> second = comma < 0 ? inside : inside[(comma + 1)..];
        if ((first.IsEmpty && second.IsEmpty) || !TryReadCount(first, 0, out least) || !TryReadCount(second, PatternNode.Unbounded, out most) || most < least)
        {
            return false;
        }

        _at = close + 1;
        return true;
    }

    private static bool TryReadCount(ReadOnlySpan<char> text, int otherwise, out int count)
    {
        count = otherwise;
        return text.IsEmpty || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
    }

    private PatternNode ReadAtom()
    {
        char c = _pattern[_at];
        switch (c)
        {
            case '(':
                return ReadGroup();
            case '[':
                return new PatternNode.One(ReadClass());
            case '.':
                _at++;
                return new PatternNode.One(CharacterSet.Of('\n').Negate());
            case '^':
                _at++;
                return new PatternNode.LineStart();
            case '$':
                _at++;
                return new PatternNode.LineEnd();
            case '\\':
                return ReadAnchor() ?? new PatternNode.One(ReadEscape(out _));
            case '*' or '+' or '?':
                throw Unsupported($"'{c}' with nothing to repeat");
            default:
                return new PatternNode.One(Literal(TakeCodePoint()));
        }
    }

    private PatternNode ReadGroup()
    {
        _at++;
        bool outerCase = _anyCase;
        PatternNode node;
        if (!TryTake('?'))
        {
            node = ReadChoice();
        }
        else if (TryTake(':'))
        {
            node = ReadChoice();
        }
        else if (TryTake('>'))
        {
            node = new PatternNode.Atomic(ReadChoice());
        }
        else if (TryTake('='))
        {
            node = new PatternNode.LookAhead(ReadChoice(), IsNegative: false);
        }
        else if (TryTake('!'))
        {
            node = new PatternNode.LookAhead(ReadChoice(), IsNegative: true);
        }
        else if (TryTake('<'))
        {
            bool negative = !TryTake('=');
            if (negative && !TryTake('!'))
            {
                throw Unsupported("a named group");
            }

            node = ReadChoice() is PatternNode.One one ? new PatternNode.LookBehind(one.Characters, negative) : throw Unsupported("looking back at more than one character");
        }
        else
        {
            ReadFlags();
            if (TryTake(')'))
            {
                // The flags hold up to the end of the group that they stand in.
                return ReadChoice();
            }

            node = TryTake(':') ? ReadChoice() : throw Unsupported("this kind of group");
        }

        if (!TryTake(')'))
        {
            throw Unsupported("a group that is not closed");
        }

        _anyCase = outerCase;
        return node;
    }

    private void ReadFlags()
    {
        bool on = true;
        while (!IsAtEnd && _pattern[_at] is not (':' or ')'))
        {
            char flag = _pattern[_at++];
            switch (flag)
            {
                case '-':
                    on = false;
                    break;
                case 'i':
                    _anyCase = on;
                    break;
                default:
                    throw Unsupported($"the flag '{flag}'");
            }
        }
    }

    private PatternNode? ReadAnchor()
    {
        PatternNode? anchor = _at + 1 >= _pattern.Length ? null : _pattern[_at + 1] switch
        {
            'A' => new PatternNode.Start(),
            'z' => new PatternNode.Finish(),
            'Z' => new PatternNode.Sequence([new PatternNode.LookAhead(new PatternNode.Sequence([new PatternNode.Repeat(new PatternNode.One(CharacterSet.Of('\n')), 0, 1, RepeatManner.Greedy), new PatternNode.Finish()]), IsNegative: false)]),
            _ => null,
        };
        _at += anchor is null ? 0 : 2;
        return anchor;
    }

    private readonly CharacterSet Literal(int codePoint) => _anyCase ? UnicodeSets.OfAnyCase(codePoint) : CharacterSet.Of(codePoint);

    private int TakeCodePoint()
    {
        int codePoint = char.IsSurrogatePair(_pattern, _at) ? char.ConvertToUtf32(_pattern, _at) : _pattern[_at];
        _at += codePoint >= 0x10000 ? 2 : 1;
        return codePoint;
    }

    private bool TryTake(char c)
    {
        if (IsAtEnd || _pattern[_at] != c)
        {
            return false;
        }

        _at++;
        return true;
    }

    private readonly CheckpointException Unsupported(string construct) => Errors.PatternConstructUnknown(_pattern, construct, _at);
}
