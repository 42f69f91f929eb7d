using System;

namespace CheckpointBuild.Tokenizers.Merging;

/// <summary>The 256 letters that byte-level vocabularies write bytes with: printable Latin-1 stands for itself, the others for U+0100 and on, in order.</summary>
internal static class ByteLetters
{
    private static readonly char[] Letters = MakeLetters();
    private static readonly short[] Bytes = MakeBytes();

    /// <summary>The letter of a byte.</summary>
    /// <param name="value">The byte.</param>
    /// <returns>The letter.</returns>
    internal static char Of(byte value) => Letters[value];

    /// <summary>The byte of a letter.</summary>
    /// <param name="letter">A character.</param>
    /// <param name="value">The byte.</param>
    /// <returns>Whether it is such a letter.</returns>
    internal static bool TryGetByte(char letter, out byte value)
    {
        value = letter < Bytes.Length && Bytes[letter] >= 0 ? (byte)Bytes[letter] : (byte)0;
        return letter < Bytes.Length && Bytes[letter] >= 0;
    }

    /// <summary>Writes bytes as letters.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>As many letters.</returns>
    internal static string Write(ReadOnlySpan<byte> bytes)
    {
        Span<char> letters = bytes.Length <= 256 ? stackalloc char[bytes.Length] : new char[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            letters[i] = Letters[bytes[i]];
        }

        return new string(letters);
    }

    private static char[] MakeLetters()
    {
        var letters = new char[256];
        char next = '\u0100';
        for (int b = 0; b < 256; b++)
        {
            bool stands = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            letters[b] = stands ? (char)b : next++;
        }

        return letters;
    }

    private static short[] MakeBytes()
    {
        var bytes = new short[0x144];
        Array.Fill(bytes, (short)-1);
        for (int b = 0; b < 256; b++)
        {
            bytes[Letters[b]] = (short)b;
        }

        return bytes;
    }
}
