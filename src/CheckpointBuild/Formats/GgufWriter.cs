using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats.Wire;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>Writes one GGUF header: counts, metadata in its order, tensor infos in theirs.</summary>
internal sealed class GgufWriter
{
    // The head of a plan is memory; no tool writes more than 4 KiB.
    private const uint AlignmentLimit = 1 << 20;

    private static readonly FrozenDictionary<Type, GgufValueType> ValueTypes = new Dictionary<Type, GgufValueType>
    {
        [typeof(byte)] = GgufValueType.UInt8,
        [typeof(sbyte)] = GgufValueType.Int8,
        [typeof(ushort)] = GgufValueType.UInt16,
        [typeof(short)] = GgufValueType.Int16,
        [typeof(uint)] = GgufValueType.UInt32,
        [typeof(int)] = GgufValueType.Int32,
        [typeof(float)] = GgufValueType.Float32,
        [typeof(bool)] = GgufValueType.Bool,
        [typeof(string)] = GgufValueType.String,
        [typeof(ulong)] = GgufValueType.UInt64,
        [typeof(long)] = GgufValueType.Int64,
        [typeof(double)] = GgufValueType.Float64,
    }.ToFrozenDictionary();

    private readonly string _path;
    private readonly Metadata _metadata;
    private readonly ByteWriter _writer = new();

    /// <summary>Begins a header.</summary>
    /// <param name="path">The file that will be written, for messages.</param>
    /// <param name="metadata">Its metadata; may name the alignment.</param>
    /// <exception cref="CheckpointException">CKPT4013 for an alignment that is no power of two as u32, or beyond 1 MiB.</exception>
    public GgufWriter(string path, Metadata metadata)
    {
        _path = path;
        _metadata = metadata;
        Alignment = !metadata.TryGet(Gguf.AlignmentKey, out object? value) ? Gguf.DefaultAlignment
            : value is uint and <= AlignmentLimit and uint alignment && Gguf.IsAlignment(alignment) ? (int)alignment
            : throw Errors.MetadataHasNoPlace(path, Gguf.AlignmentKey, "gguf", "a power of two up to 1,048,576, as u32");
    }

    /// <summary>What the data and each tensor is aligned to, in bytes.</summary>
    public int Alignment { get; }

    /// <summary>Writes everything before the tensor infos.</summary>
    /// <param name="tensors">How many infos will follow.</param>
    /// <exception cref="ArgumentException">A metadata value is of a type that the format does not have.</exception>
    /// <exception cref="CheckpointException">CKPT4013 for a key or a text that it cannot hold.</exception>
    public void WriteHeader(int tensors)
    {
        _writer.Write(Gguf.Magic);
        _writer.WriteUInt32(Gguf.Version);
        _writer.WriteUInt64((ulong)tensors);
        _writer.WriteUInt64((ulong)_metadata.Count);
        foreach ((string key, object value) in _metadata)
        {
            if (key.Length == 0 || key.Contains('\0', StringComparison.Ordinal))
            {
                throw Errors.MetadataHasNoPlace(_path, key, "gguf", "a key without zero bytes");
            }

            WriteText(key, key);
            WriteValue(key, value);
        }
    }

    /// <summary>Writes one tensor info.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="offset">Its first byte, counted from the start of the data.</param>
    /// <exception cref="CheckpointException">CKPT4010 to CKPT4012 for a dtype, name or shape that the format cannot hold.</exception>
    public void WriteTensor(Tensor tensor, long offset)
    {
        int type = tensor.DType.GgmlType ?? throw Errors.DTypeHasNoPlace(_path, tensor.Name, tensor.DType.Name, "gguf");
        byte[] name = TensorName(tensor);
        CheckShape(tensor);
        _writer.WriteUInt64((ulong)name.Length);
        _writer.Write(name);
        _writer.WriteUInt32((uint)tensor.Shape.Rank);
        for (int i = tensor.Shape.Rank - 1; i >= 0; i--)
        {
            _writer.WriteUInt64((ulong)tensor.Shape.Dimensions[i]);
        }

        _writer.WriteUInt32((uint)type);
        _writer.WriteUInt64((ulong)offset);
    }

    /// <summary>Ends the header.</summary>
    /// <param name="pad">Whether data follows.</param>
    /// <returns>All bytes before the data.</returns>
    public byte[] Finish(bool pad)
    {
        if (pad)
        {
            _writer.Pad(Alignment, 0);
        }

        return _writer.ToArray();
    }

    private byte[] TensorName(Tensor tensor) =>
        ByteWriter.Encode(tensor.Name) is { Length: > 0 and <= Gguf.NameLimit } name && !name.AsSpan().Contains((byte)0)
            ? name
            : throw Errors.NameHasNoPlace(_path, tensor.Name, "gguf", $"text of 1 to {Gguf.NameLimit} bytes without zero bytes");

    private void CheckShape(Tensor tensor)
    {
        if (tensor.Shape.Rank > Gguf.RankLimit || tensor.Shape.ElementCount == 0)
        {
            throw Errors.ShapeHasNoPlace(_path, tensor.Name, tensor.Shape.ToString(), "gguf", $"at most {Gguf.RankLimit} dimensions, none of them 0");
        }

        if (!tensor.DType.Fits(tensor.Shape.Columns))
        {
            throw Errors.ShapeHasNoPlace(_path, tensor.Name, tensor.Shape.ToString(), "gguf", $"a row of a multiple of {tensor.DType.BlockLength} columns for {tensor.DType.Name}");
        }
    }

    private void WriteValue(string key, object value)
    {
        if (value is Array array)
        {
            Type element = array.GetType().GetElementType()!;
            _writer.WriteUInt32((uint)GgufValueType.Array);
            _writer.WriteUInt32((uint)TypeOf(key, element));
            _writer.WriteUInt64((ulong)array.Length);
            WriteElements(key, array);
            return;
        }

        _writer.WriteUInt32((uint)TypeOf(key, value.GetType()));
        switch (value)
        {
            case string text:
                WriteText(key, text);
                break;
            case bool flag:
                _writer.WriteByte(flag ? (byte)1 : (byte)0);
                break;
            case byte number:
                _writer.WriteByte(number);
                break;
            case sbyte number:
                _writer.WriteByte((byte)number);
                break;
            case ushort number:
                _writer.WriteUInt16(number);
                break;
            case short number:
                _writer.WriteUInt16((ushort)number);
                break;
            case uint number:
                _writer.WriteUInt32(number);
                break;
            case int number:
                _writer.WriteUInt32((uint)number);
                break;
            case float number:
                _writer.WriteUInt32(BitConverter.SingleToUInt32Bits(number));
                break;
            case ulong number:
                _writer.WriteUInt64(number);
                break;
            case long number:
                _writer.WriteUInt64((ulong)number);
                break;
            case double number:
                _writer.WriteUInt64(BitConverter.DoubleToUInt64Bits(number));
                break;
        }
    }

    private void WriteElements(string key, Array array)
    {
        if (array is string[] texts)
        {
            foreach (string text in texts)
            {
                WriteText(key, text);
            }

            return;
        }

        // Numbers and bools lie in memory as they do in the file.
        _writer.Write(MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(array), Buffer.ByteLength(array)));
    }

    private void WriteText(string key, string text)
    {
        byte[] bytes = ByteWriter.Encode(text) ?? throw Errors.MetadataHasNoPlace(_path, key, "gguf", "Unicode text");
        _writer.WriteUInt64((ulong)bytes.Length);
        _writer.Write(bytes);
    }

    private static GgufValueType TypeOf(string key, Type type) => ValueTypes.TryGetValue(type, out GgufValueType found)
        ? found
        : throw new ArgumentException($"'{key}' is a {type.Name}; GGUF has numbers, bools, strings and arrays of one of these.", nameof(key));
}
