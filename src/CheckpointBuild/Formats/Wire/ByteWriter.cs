using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text.Unicode;

namespace CheckpointBuild.Formats.Wire;

/// <summary>Collects the bytes of a header, little-endian.</summary>
internal sealed class ByteWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>How many bytes there are so far.</summary>
    public int Length => _bytes.WrittenCount;

    /// <summary>Encodes text as UTF-8.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The bytes, or null where the text holds half a surrogate pair, which no UTF-8 has.</returns>
    public static byte[]? Encode(string text)
    {
        byte[] bytes = new byte[checked(text.Length * 3)];
        return Utf8.FromUtf16(text, bytes, out _, out int written, replaceInvalidSequences: false) == OperationStatus.Done ? bytes[..written] : null;
    }

    /// <summary>Appends bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    public void Write(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    /// <summary>Appends one byte.</summary>
    /// <param name="value">The byte.</param>
    public void WriteByte(byte value)
    {
        _bytes.GetSpan(sizeof(byte))[0] = value;
        _bytes.Advance(sizeof(byte));
    }

    /// <summary>Appends two bytes.</summary>
    /// <param name="value">The number.</param>
    public void WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.GetSpan(sizeof(ushort)), value);
        _bytes.Advance(sizeof(ushort));
    }

    /// <summary>Appends four bytes.</summary>
    /// <param name="value">The number.</param>
    public void WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.GetSpan(sizeof(uint)), value);
        _bytes.Advance(sizeof(uint));
    }

    /// <summary>Appends eight bytes.</summary>
    /// <param name="value">The number.</param>
    public void WriteUInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.GetSpan(sizeof(ulong)), value);
        _bytes.Advance(sizeof(ulong));
    }

    /// <summary>Appends a number in decimal digits.</summary>
    /// <param name="value">The number.</param>
    public void WriteDigits(long value)
    {
        const int LongestInt64 = 20;
        value.TryFormat(_bytes.GetSpan(LongestInt64), out int written, default, CultureInfo.InvariantCulture);
        _bytes.Advance(written);
    }

    /// <summary>Appends a byte until the length is a multiple of <paramref name="alignment"/>.</summary>
    /// <param name="alignment">At least 1.</param>
    /// <param name="filler">What is appended.</param>
    public void Pad(int alignment, byte filler)
    {
        int count = (alignment - (Length % alignment)) % alignment;
        _bytes.GetSpan(count)[..count].Fill(filler);
        _bytes.Advance(count);
    }

    /// <summary>All bytes, in a new array.</summary>
    /// <returns>The bytes.</returns>
    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();
}
