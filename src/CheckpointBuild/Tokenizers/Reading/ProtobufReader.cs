using System;
using System.Buffers.Binary;
using System.Text;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tokenizers.Reading;

/// <summary>Reads the fields of a Protocol Buffers message one after the other.</summary>
/// <remarks>
/// <code>
/// field = key, value     key = varint (number &lt;&lt; 3 | wire type)
/// wire type 0 varint, 1 eight bytes, 2 varint length and so many bytes, 5 four bytes
/// </code>
/// </remarks>
internal ref struct ProtobufReader
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly string _file;
    private ReadOnlySpan<byte> _rest;

    /// <summary>Begins a message.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <param name="bytes">The message.</param>
    internal ProtobufReader(string file, ReadOnlySpan<byte> bytes)
    {
        _file = file;
        _rest = bytes;
    }

    /// <summary>The number of the field that was read last.</summary>
    internal int Field { get; private set; }

    /// <summary>The field's bytes, where it has a length.</summary>
    internal ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The field's number, where it is one.</summary>
    internal ulong Number { get; private set; }

    /// <summary>The field as binary32.</summary>
    internal readonly float Single => BitConverter.UInt32BitsToSingle((uint)Number);

    /// <summary>The field as a 32-bit integer.</summary>
    internal readonly int Int32 => unchecked((int)(long)Number);

    /// <summary>Reads the next field.</summary>
    /// <returns>False at the end of the message.</returns>
    /// <exception cref="CheckpointException">CKPT2100 where the message is cut or is none.</exception>
    internal bool Read()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        ulong key = Varint();
        Field = (int)Math.Min(key >> 3, int.MaxValue);
        Bytes = default;
        switch (key & 7)
        {
            case 0:
                Number = Varint();
                break;
            case 1:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case 2:
                Bytes = Take(Varint());
                break;
            case 5:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            default:
                throw Errors.TokenizerFileDamaged(_file, "it holds what no SentencePiece model holds");
        }

        return true;
    }

    /// <summary>The field as text.</summary>
    /// <returns>The text.</returns>
    internal readonly string Text()
    {
        try
        {
            return Strict.GetString(Bytes);
        }
        catch (DecoderFallbackException problem)
        {
            throw Errors.TokenizerFileDamaged(_file, "a text in it is not UTF-8", problem);
        }
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte b = Take(1)[0];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw Errors.TokenizerFileDamaged(_file, "a number in it does not end");
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
        {
            throw Errors.TokenizerFileDamaged(_file, "it ends early");
        }

        ReadOnlySpan<byte> taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }
}
