using System;
using System.Collections.Generic;

namespace CheckpointBuild.Tokenizers.Patterns;

/// <summary>A set of Unicode code points.</summary>
/// <remarks>
/// Held as the sorted places where membership changes: code points from <c>bounds[0]</c> up to <c>bounds[1]</c> (not included) are in, up to <c>bounds[2]</c> out, and so on.
/// The first 65,536 are also a bitmap, 8 KiB, made when the set is first asked.
/// </remarks>
internal sealed class CharacterSet
{
    /// <summary>One more than the highest code point.</summary>
    internal const int End = 0x110000;

    private readonly int[] _bounds;
    private readonly Lazy<ulong[]> _plane;

    /// <summary>Makes a set of its bounds.</summary>
    /// <param name="bounds">Ascending, without repetition.</param>
    private CharacterSet(int[] bounds)
    {
        _bounds = bounds;
        _plane = new(MakePlane);
    }

    /// <summary>No code point.</summary>
    internal static CharacterSet Empty { get; } = new([]);

    /// <summary>Every code point.</summary>
    internal static CharacterSet All { get; } = Range(0, End - 1);

    /// <summary>Whether nothing is in it.</summary>
    internal bool IsEmpty => _bounds.Length == 0;

    /// <summary>The bitmap of the first 65,536 code points: bit c % 64 of word c / 64.</summary>
    internal ulong[] Plane => _plane.Value;

    /// <summary>A run of code points.</summary>
    /// <param name="first">The first.</param>
    /// <param name="last">The last, included.</param>
    /// <returns>The set.</returns>
    internal static CharacterSet Range(int first, int last) => last + 1 >= End ? new([first]) : new([first, last + 1]);

    /// <summary>A few code points.</summary>
    /// <param name="codePoints">They, in any order.</param>
    /// <returns>The set.</returns>
    internal static CharacterSet Of(params ReadOnlySpan<int> codePoints)
    {
        CharacterSet set = Empty;
        foreach (int codePoint in codePoints)
        {
            set = set.Union(Range(codePoint, codePoint));
        }

        return set;
    }

    /// <summary>The set of ascending runs.</summary>
    /// <param name="bounds">First and one more than last of each, in turn.</param>
    /// <returns>The set.</returns>
    internal static CharacterSet OfBounds(List<int> bounds)
    {
        if (bounds.Count > 0 && bounds[^1] == End)
        {
            bounds.RemoveAt(bounds.Count - 1);
        }

        return new([.. bounds]);
    }

    /// <summary>Whether a code point is in it.</summary>
    /// <param name="codePoint">0 to 0x10FFFF.</param>
    /// <returns>True when it is.</returns>
    internal bool Contains(int codePoint)
    {
        if (codePoint < 0x10000)
        {
            return (Plane[codePoint >> 6] >> codePoint & 1) != 0;
        }

        int index = Array.BinarySearch(_bounds, codePoint);
        return ((index >= 0 ? index : ~index - 1) & 1) == 0;
    }

    /// <summary>Code points in either set.</summary>
    /// <param name="other">The other set.</param>
    /// <returns>The union.</returns>
    internal CharacterSet Union(CharacterSet other) => Combine(other, static (a, b) => a || b);

    /// <summary>Code points in both sets.</summary>
    /// <param name="other">The other set.</param>
    /// <returns>The intersection.</returns>
    internal CharacterSet Intersect(CharacterSet other) => Combine(other, static (a, b) => a && b);

    /// <summary>Code points that are not in it.</summary>
    /// <returns>The complement.</returns>
    internal CharacterSet Negate() => _bounds is [0, ..] ? new(_bounds[1..]) : new([0, .. _bounds]);

    /// <summary>Whether no code point is in both.</summary>
    /// <param name="other">The other set.</param>
    /// <returns>True when they are apart.</returns>
    internal bool IsApartFrom(CharacterSet other) => Intersect(other).IsEmpty;

    private CharacterSet Combine(CharacterSet other, Func<bool, bool, bool> rule)
    {
        var bounds = new List<int>();
        bool inside = false;
        for (int i = 0, j = 0; i < _bounds.Length || j < other._bounds.Length;)
        {
            int at = Math.Min(i < _bounds.Length ? _bounds[i] : End, j < other._bounds.Length ? other._bounds[j] : End);
            i += i < _bounds.Length && _bounds[i] == at ? 1 : 0;
            j += j < other._bounds.Length && other._bounds[j] == at ? 1 : 0;
            bool now = rule((i & 1) != 0, (j & 1) != 0);
            if (now != inside)
            {
                bounds.Add(at);
                inside = now;
            }
        }

        return new([.. bounds]);
    }

    private ulong[] MakePlane()
    {
        var plane = new ulong[1024];
        for (int i = 0; i < _bounds.Length && _bounds[i] < 0x10000; i += 2)
        {
            int end = Math.Min(i + 1 < _bounds.Length ? _bounds[i + 1] : End, 0x10000);
            for (int c = _bounds[i]; c < end; c++)
            {
                plane[c >> 6] |= 1UL << c;
            }
        }

        return plane;
    }
}
