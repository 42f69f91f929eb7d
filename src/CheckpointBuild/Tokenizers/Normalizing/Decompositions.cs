using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Reflection;

namespace CheckpointBuild.Tokenizers.Normalizing;

/// <summary>Unicode's decompositions, compositions and combining classes. The platform's own normalization needs a library that build machines may lack, and changes with its version.</summary>
internal sealed class Decompositions
{
    private static readonly Lazy<Decompositions> Shared = new(() => new Decompositions());
    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<(int First, int Second), int> _composed = [];
    private readonly Dictionary<int, byte> _classes = [];

    private Decompositions()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("decompositions.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            Read(line);
        }
    }

    /// <summary>The table.</summary>
    internal static Decompositions Table => Shared.Value;

    /// <summary>The canonical combining class.</summary>
    /// <param name="codePoint">A code point.</param>
    /// <returns>0 for a starter.</returns>
    internal int ClassOf(int codePoint) => codePoint < 0x300 ? 0 : _classes.GetValueOrDefault(codePoint);

    /// <summary>Decomposes a code point as far as it goes.</summary>
    /// <param name="codePoint">The code point.</param>
    /// <param name="compatible">Compatibility decompositions too.</param>
    /// <param name="output">Where the parts are added.</param>
    internal void Decompose(int codePoint, bool compatible, List<int> output)
    {
        if (Hangul.TryDecompose(codePoint, output))
        {
            return;
        }

        if (_canonical.TryGetValue(codePoint, out int[]? parts) || (compatible && _compatible.TryGetValue(codePoint, out parts)))
        {
            foreach (int part in parts)
            {
                Decompose(part, compatible, output);
            }

            return;
        }

        output.Add(codePoint);
    }

    /// <summary>Composes two code points.</summary>
    /// <param name="first">The first.</param>
    /// <param name="second">The second.</param>
    /// <returns>The composed code point, or -1 where there is none.</returns>
    internal int Compose(int first, int second)
    {
        int syllable = Hangul.Compose(first, second);
        return syllable >= 0 ? syllable : _composed.GetValueOrDefault((first, second), -1);
    }

    /// <summary>Reads a line: <c>00C5=0041 030A</c>, <c>212B=00C5!</c>, <c>00A0~0020</c>, <c>0300-0314:230</c>.</summary>
    private void Read(string line)
    {
        int mark = line.AsSpan().IndexOfAny('=', '~', ':');
        if (line.StartsWith('#') || mark < 0)
        {
            return;
        }

        string key = line[..mark];
        if (line[mark] == ':')
        {
            string[] ends = key.Split('-');
            for (int c = Hex(ends[0]); c <= Hex(ends[^1]); c++)
            {
                _classes[c] = byte.Parse(line.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture);
            }

            return;
        }

        int[] parts = Array.ConvertAll(line[(mark + 1)..].TrimEnd('!').Split(' '), Hex);
        (line[mark] == '=' ? _canonical : _compatible)[Hex(key)] = parts;
        if (line[mark] == '=' && parts.Length == 2 && !line.EndsWith('!'))
        {
            _composed[(parts[0], parts[1])] = Hex(key);
        }
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
