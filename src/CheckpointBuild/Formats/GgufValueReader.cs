using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats.Wire;

namespace CheckpointBuild.Formats;

/// <summary>Reads the metadata values of a GGUF header into the .NET types that <see cref="Metadata"/> names.</summary>
/// <param name="path">The file, for messages.</param>
/// <param name="cursor">Stands before what is read next.</param>
internal sealed class GgufValueReader(string path, ByteCursor cursor)
{
    private const long TextLimit = 1 << 26;
    private const long ArrayLimit = 1 << 27;

    /// <summary>Reads a type and a value.</summary>
    /// <param name="key">The value's key, for messages.</param>
    /// <returns>A number, bool, string, or an array of one of these.</returns>
    /// <exception cref="CheckpointException">CKPT1003, CKPT1043 to CKPT1045, CKPT1048, CKPT1049.</exception>
    public object Read(string key)
    {
        uint type = cursor.ReadUInt32();
        return (GgufValueType)type switch
        {
            GgufValueType.UInt8 => cursor.ReadByte(),
            GgufValueType.Int8 => (sbyte)cursor.ReadByte(),
            GgufValueType.UInt16 => cursor.ReadUInt16(),
            GgufValueType.Int16 => (short)cursor.ReadUInt16(),
            GgufValueType.UInt32 => cursor.ReadUInt32(),
            GgufValueType.Int32 => (int)cursor.ReadUInt32(),
            GgufValueType.Float32 => BitConverter.UInt32BitsToSingle(cursor.ReadUInt32()),
            GgufValueType.Bool => ReadBool(key),
            GgufValueType.String => ReadText(key),
            GgufValueType.Array => ReadArray(key),
            GgufValueType.UInt64 => cursor.ReadUInt64(),
            GgufValueType.Int64 => (long)cursor.ReadUInt64(),
            GgufValueType.Float64 => BitConverter.UInt64BitsToDouble(cursor.ReadUInt64()),
            _ => throw Errors.GgufValueType(path, key, type),
        };
    }

    /// <summary>Reads a string.</summary>
    /// <param name="key">The key that it belongs to, for messages; null where it is the key itself.</param>
    /// <returns>The text.</returns>
    /// <exception cref="CheckpointException">CKPT1044 when it claims more bytes than there are, CKPT1045 when it is not UTF-8.</exception>
    public string ReadText(string? key)
    {
        ulong bytes = cursor.ReadUInt64();
        long limit = Math.Min(TextLimit, cursor.Remaining);
        if (bytes > (ulong)limit)
        {
            throw Errors.GgufTextLength(path, key, bytes, limit);
        }

        return cursor.ReadText((int)bytes) ?? throw Errors.GgufText(path, key);
    }

    private bool ReadBool(string key)
    {
        byte value = cursor.ReadByte();
        return value <= 1 ? value == 1 : throw Errors.GgufBool(path, key, value);
    }

    // Arrays of arrays are refused, as the reference does, although the specification has them.
    private Array ReadArray(string key)
    {
        uint type = cursor.ReadUInt32();
        return (GgufValueType)type switch
        {
            GgufValueType.UInt8 => ReadNumbers<byte>(key),
            GgufValueType.Int8 => ReadNumbers<sbyte>(key),
            GgufValueType.UInt16 => ReadNumbers<ushort>(key),
            GgufValueType.Int16 => ReadNumbers<short>(key),
            GgufValueType.UInt32 => ReadNumbers<uint>(key),
            GgufValueType.Int32 => ReadNumbers<int>(key),
            GgufValueType.Float32 => ReadNumbers<float>(key),
            GgufValueType.Bool => ReadBools(key),
            GgufValueType.String => ReadTexts(key),
            GgufValueType.UInt64 => ReadNumbers<ulong>(key),
            GgufValueType.Int64 => ReadNumbers<long>(key),
            GgufValueType.Float64 => ReadNumbers<double>(key),
            _ => throw Errors.GgufValueType(path, key, type),
        };
    }

    private T[] ReadNumbers<T>(string key)
        where T : unmanaged
    {
        var numbers = new T[ReadCount(key, Unsafe.SizeOf<T>())];
        cursor.Read(MemoryMarshal.AsBytes(numbers.AsSpan()));
        return numbers;
    }

    private bool[] ReadBools(string key)
    {
        bool[] bools = new bool[ReadCount(key, sizeof(byte))];
        for (int i = 0; i < bools.Length; i++)
        {
            bools[i] = ReadBool(key);
        }

        return bools;
    }

    private string[] ReadTexts(string key)
    {
        string[] texts = new string[ReadCount(key, sizeof(ulong))];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = ReadText(key);
        }

        return texts;
    }

    private int ReadCount(string key, int smallestElement)
    {
        ulong count = cursor.ReadUInt64();
        long limit = Math.Min(ArrayLimit, cursor.Remaining / smallestElement);
        return count <= (ulong)limit ? (int)count : throw Errors.GgufCount(path, key, count, limit);
    }
}
