using System;
using System.Buffers.Binary;

namespace CheckpointBuild.Formats.Wire;

/// <summary>CRC-32 as zip has it: polynomial 0xEDB88320, reflected (PKWARE's APPNOTE, 4.4.7).</summary>
internal static partial class Crc32
{
    private const uint Polynomial = 0xEDB8_8320;
    private const int Slices = 8;

    // Table k gives what a byte does when k more bytes follow it, so that eight bytes are taken at once.
    private static readonly uint[][] Tables = MakeTables();

    /// <summary>The checksum of bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="before">The checksum of what stands before them; 0 at the beginning.</param>
    /// <returns>The checksum of both together.</returns>
    public static uint Of(ReadOnlySpan<byte> bytes, uint before = 0)
    {
        uint crc = ~before;
        int folded = Fold(bytes, ref crc);
        return ~Scalar(bytes[folded..], crc);
    }

    /// <summary>The specification: eight bytes at a time through tables.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="crc">The state before, inverted.</param>
    /// <returns>The state after, inverted.</returns>
    internal static uint Scalar(ReadOnlySpan<byte> bytes, uint crc)
    {
        for (; bytes.Length >= Slices; bytes = bytes[Slices..])
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ crc;
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = Tables[7][low & 0xFF] ^ Tables[6][(low >> 8) & 0xFF] ^ Tables[5][(low >> 16) & 0xFF] ^ Tables[4][low >> 24]
                ^ Tables[3][high & 0xFF] ^ Tables[2][(high >> 8) & 0xFF] ^ Tables[1][(high >> 16) & 0xFF] ^ Tables[0][high >> 24];
        }

        foreach (byte value in bytes)
        {
            crc = (crc >> 8) ^ Tables[0][(crc ^ value) & 0xFF];
        }

        return crc;
    }

    /// <summary>The checksum of two runs from their own: what lets bands be summed in any order.</summary>
    /// <param name="first">The checksum of the first run.</param>
    /// <param name="second">The checksum of the second run.</param>
    /// <param name="secondLength">The second run's bytes.</param>
    /// <returns>The checksum of both, one behind the other.</returns>
    public static uint Combine(uint first, uint second, long secondLength) => Multiply(first, PowerOfX(secondLength)) ^ second;

    // x^(8·bytes) modulo the polynomial, by squaring.
    private static uint PowerOfX(long bytes)
    {
        uint result = 0x8000_0000, square = 0x0080_0000;
        for (; bytes > 0; bytes >>= 1)
        {
            result = (bytes & 1) != 0 ? Multiply(result, square) : result;
            square = Multiply(square, square);
        }

        return result;
    }

    // Polynomials over GF(2), lowest power in the highest bit.
    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (; a != 0; a <<= 1)
        {
            product ^= (a & 0x8000_0000) != 0 ? b : 0;
            b = (b & 1) != 0 ? (b >> 1) ^ Polynomial : b >> 1;
        }

        return product;
    }

    private static uint[][] MakeTables()
    {
        uint[][] tables = new uint[Slices][];
        for (int k = 0; k < Slices; k++)
        {
            tables[k] = new uint[256];
            for (uint value = 0; value < 256; value++)
            {
                uint crc = k == 0 ? value : tables[k - 1][value];
                for (int bit = 0; bit < 8; bit++)
                {
                    crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
                }

                tables[k][value] = crc;
            }
        }

        return tables;
    }
}
