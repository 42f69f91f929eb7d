using System;
using System.Globalization;
using System.Text;
using CheckpointBuild.Tokenizers.Merging;

namespace CheckpointBuild.Tokenizers;

/// <summary>The tokens that stand for single bytes: <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>.</summary>
internal static class ByteTokens
{
    /// <summary>A byte's token.</summary>
    /// <param name="value">The byte.</param>
    /// <returns>Its text.</returns>
    internal static string Of(byte value) => string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>");

    /// <summary>Reads a byte's token.</summary>
    /// <param name="token">A token's text.</param>
    /// <param name="value">The byte.</param>
    /// <returns>Whether it is one.</returns>
    internal static bool TryRead(string token, out byte value)
    {
        value = 0;
        return token is ['<', '0', 'x', _, _, '>'] && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Finds the tokens of all bytes.</summary>
    /// <param name="vocabulary">The tokens.</param>
    /// <returns>Their ids by byte; <see cref="Vocabulary.None"/> where one is missing.</returns>
    internal static int[] IdsIn(Vocabulary vocabulary)
    {
        var ids = new int[256];
        for (int b = 0; b < 256; b++)
        {
            ids[b] = vocabulary.IdOf(Of((byte)b));
        }

        return ids;
    }

    /// <summary>Adds the bytes of a character, if all of them have tokens.</summary>
    /// <param name="rune">The character.</param>
    /// <param name="ids">Ids by byte.</param>
    /// <param name="merger">Where they are added.</param>
    /// <returns>Whether they were.</returns>
    internal static bool TryAdd(Rune rune, int[] ids, PairMerger merger)
    {
        Span<byte> bytes = stackalloc byte[4];
        bytes = bytes[..rune.EncodeToUtf8(bytes)];
        foreach (byte b in bytes)
        {
            if (ids[b] < 0)
            {
                return false;
            }
        }

        foreach (byte b in bytes)
        {
            merger.Add(ids[b]);
        }

        return true;
    }
}
