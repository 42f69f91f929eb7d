using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tokenizers.Normalizing;

/// <summary>SentencePiece's compiled replacement table: a double-array trie of UTF-8 keys whose values are places in a list of replacements.</summary>
/// <remarks>
/// <code>
/// bytes 0..3   length of the trie, little-endian
/// then         the trie: 32-bit units. Bits 0-7 label, 8 has a leaf, 9 offset is in 256s, 10-30 offset; of a leaf, bits 0-30 the value
/// then         the replacements, each ended by a zero byte
/// </code>
/// A node's child for byte c stands at (node ^ offset) ^ c and carries the label c (Darts-clone).
/// </remarks>
internal sealed class CharacterMap
{
    /// <summary>Graphemes of more bytes are never looked up whole by Hugging Face's library.</summary>
    private const int MostGraphemeBytes = 5;

    // SentencePiece's own tables have keys of a few characters; a damaged one may go in circles.
    private const int MostKeyBytes = 256;

    private readonly uint[] _units;
    private readonly byte[] _replacements;

    /// <summary>Reads a table.</summary>
    /// <param name="table">Its bytes; empty for no replacements.</param>
    /// <exception cref="CheckpointException">CKPT2101 where its lengths do not fit.</exception>
    internal CharacterMap(ReadOnlySpan<byte> table)
    {
        if (table.IsEmpty)
        {
            (_units, _replacements) = ([], []);
            return;
        }

        uint length = table.Length < 4 ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(table);
        if (length > table.Length - 4 || length % 4 != 0)
        {
            throw Errors.TokenizerFieldWrong("tokenizer", "precompiled_charsmap", $"a table of {table.Length} bytes whose trie does not end inside it", "a table of SentencePiece");
        }

        _units = new uint[length / 4];
        for (int i = 0; i < _units.Length; i++)
        {
            _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(table[(4 + (4 * i))..]);
        }

        _replacements = table[(4 + (int)length)..].ToArray();
    }

    /// <summary>Replaces grapheme by grapheme, as Hugging Face's library does: a short grapheme that begins with a key is replaced whole, in any other each character that is a key.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">The most UTF-16 units that it may become.</param>
    /// <returns>The text with replacements.</returns>
    /// <exception cref="CheckpointException">CKPT2135 when it becomes longer.</exception>
    internal string ReplaceGraphemes(string text, long most)
    {
        var output = new StringBuilder(text.Length);
        Span<byte> bytes = stackalloc byte[4];
        for (int at = 0; at < text.Length;)
        {
            ReadOnlySpan<char> grapheme = text.AsSpan(at, StringInfo.GetNextTextElementLength(text, at));
            at += grapheme.Length;
            TextGrowth.Check(output.Length, most);
            if (Encoding.UTF8.GetByteCount(grapheme) <= MostGraphemeBytes && TryReplaceWhole(grapheme, output))
            {
                continue;
            }

            foreach (Rune rune in grapheme.EnumerateRunes())
            {
                if (Find(bytes[..rune.EncodeToUtf8(bytes)], out _, longest: false) is { } replacement)
                {
                    output.Append(replacement);
                }
                else
                {
                    output.Append(rune.ToString());
                }
            }
        }

        return output.ToString();
    }

    /// <summary>Finds a key at the start of some bytes.</summary>
    /// <param name="bytes">UTF-8.</param>
    /// <param name="length">The key's length.</param>
    /// <param name="longest">Whether the longest key is wanted, or the shortest.</param>
    /// <returns>The replacement, or null where no key stands there.</returns>
    internal string? Find(ReadOnlySpan<byte> bytes, out int length, bool longest)
    {
        length = 0;
        int value = -1;
        uint node = _units.Length == 0 ? 0 : Offset(_units[0]);
        for (int i = 0; i < Math.Min(bytes.Length, MostKeyBytes) && (longest || value < 0); i++)
        {
            uint place = node ^ bytes[i];
            if (place >= _units.Length || (_units[place] & 0x800000FF) != bytes[i] || bytes[i] == 0)
            {
                break;
            }

            uint unit = _units[place];
            node = place ^ Offset(unit);
            if ((unit >> 8 & 1) != 0 && node < _units.Length)
            {
                value = (int)(_units[node] & int.MaxValue);
                length = i + 1;
            }
        }

        return value < 0 ? null : Replacement(value);
    }

    private bool TryReplaceWhole(ReadOnlySpan<char> grapheme, StringBuilder output)
    {
        Span<byte> bytes = stackalloc byte[MostGraphemeBytes];
        string? replacement = Find(bytes[..Encoding.UTF8.GetBytes(grapheme, bytes)], out _, longest: false);
        output.Append(replacement);
        return replacement is not null;
    }

    private string Replacement(int start)
    {
        if (start >= _replacements.Length)
        {
            return "";
        }

        ReadOnlySpan<byte> rest = _replacements.AsSpan(start);
        int end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & (1 << 9)) >> 6);
}
