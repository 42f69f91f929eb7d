using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text;

namespace CheckpointBuild.Tests.Readers;

/// <summary>A plain reader of whole GGUF files (version 3, little-endian), written from the format's definition alone, so that our writer is not judged by our reader.</summary>
internal sealed class GgufReader
{
    private const string AlignmentKey = "general.alignment";
    private readonly byte[] _bytes;
    private int _at;

    private GgufReader(byte[] bytes) => _bytes = bytes;

    /// <summary>Keys and values in file order.</summary>
    public IReadOnlyList<KeyValuePair<string, GgufValue>> Pairs { get; private set; } = [];

    /// <summary>Tensors in file order.</summary>
    public IReadOnlyList<GgufTensor> Tensors { get; private set; } = [];

    /// <summary>Where the data begins.</summary>
    public long DataStart { get; private set; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What it holds.</returns>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    public static GgufReader Read(string path)
    {
        var reader = new GgufReader(File.ReadAllBytes(path));
        try
        {
            reader.ReadAll();
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{path}: the file ends early ({e.Message})", e);
        }

        return reader;
    }

    /// <summary>Finds a value.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>The value, or null.</returns>
    public GgufValue? Find(string key) => Pairs.FirstOrDefault(p => p.Key == key).Value;

    private void ReadAll()
    {
        if (!_bytes.AsSpan(0, 4).SequenceEqual("GGUF"u8))
        {
            throw new InvalidDataException("the file does not begin with GGUF");
        }

        _at = 4;
        uint version = U32();
        if (version != 3)
        {
            throw new InvalidDataException($"version {version}");
        }

        int tensorCount = checked((int)U64());
        int pairCount = checked((int)U64());
        Pairs = [.. Enumerable.Range(0, pairCount).Select(_ => KeyValuePair.Create(Text(), Value()))];
        var heads = new List<(string Name, ImmutableArray<long> Dimensions, GgmlType Type, long Offset)>();
        for (int i = 0; i < tensorCount; i++)
        {
            string name = Text();
            int rank = checked((int)U32());
            ImmutableArray<long> dimensions = [.. Enumerable.Range(0, rank).Select(_ => checked((long)U64()))];
            heads.Add((name, dimensions, GgmlType.Of(U32()), checked((long)U64())));
        }

        long alignment = Find(AlignmentKey)?.Value is ulong stated ? (long)stated : 32;
        DataStart = (_at + alignment - 1) / alignment * alignment;
        Tensors = [.. heads.Select(h => new GgufTensor(h.Name, h.Type, h.Dimensions, h.Offset, Data(h.Offset, h.Type.SizeOf(h.Dimensions.Aggregate(1L, (a, b) => checked(a * b))))))];
    }

    private byte[] Data(long offset, long length) => _bytes.AsSpan(checked((int)(DataStart + offset)), checked((int)length)).ToArray();

    private GgufValue Value()
    {
        uint type = U32();
        if (type != 9)
        {
            int start = _at;
            object value = Scalar(type);
            return new GgufValue(NameOf(type), value, _bytes[start.._at]);
        }

        uint element = U32();
        int count = checked((int)U64());
        int first = _at;
        object[] values = new object[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = Scalar(element);
        }

        return new GgufValue($"array<{NameOf(element)}>", values, _bytes[first.._at]);
    }

    private object Scalar(uint type) => type switch
    {
        0 => (ulong)Take(1)[0],
        1 => (long)(sbyte)Take(1)[0],
        2 => (ulong)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)),
        3 => (long)BinaryPrimitives.ReadInt16LittleEndian(Take(2)),
        4 => (ulong)U32(),
        5 => (long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)),
        6 => BinaryPrimitives.ReadSingleLittleEndian(Take(4)),
        7 => Take(1)[0] != 0,
        8 => Text(),
        10 => U64(),
        11 => BinaryPrimitives.ReadInt64LittleEndian(Take(8)),
        12 => BinaryPrimitives.ReadDoubleLittleEndian(Take(8)),
        _ => throw new InvalidDataException($"value type {type}"),
    };

    private static string NameOf(uint type) => type switch
    {
        0 => "u8",
        1 => "i8",
        2 => "u16",
        3 => "i16",
        4 => "u32",
        5 => "i32",
        6 => "f32",
        7 => "bool",
        8 => "string",
        10 => "u64",
        11 => "i64",
        12 => "f64",
        _ => throw new InvalidDataException($"value type {type}"),
    };

    private string Text() => Encoding.UTF8.GetString(Take(checked((int)U64())));

    private uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private ulong U64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    private ReadOnlySpan<byte> Take(int count)
    {
        ReadOnlySpan<byte> taken = _bytes.AsSpan(_at, count);
        _at += count;
        return taken;
    }
}
