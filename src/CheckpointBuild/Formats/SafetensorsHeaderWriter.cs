using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats.Wire;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>Writes the JSON of a safetensors header as the reference's serializer does: no spaces, only what JSON demands is escaped, padded by spaces to a multiple of 8 bytes.</summary>
internal sealed class SafetensorsHeaderWriter
{
    private const int Alignment = 8;

    private static readonly SearchValues<byte> Escaped = SearchValues.Create([
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, (byte)'"', (byte)'\\',
    ]);

    private readonly string _path;
    private readonly ByteWriter _writer = new();
    private bool _isFirst = true;

    /// <summary>Begins a header.</summary>
    /// <param name="path">The file that will be written, for messages.</param>
    public SafetensorsHeaderWriter(string path)
    {
        _path = path;
        _writer.WriteUInt64(0);
        _writer.WriteByte((byte)'{');
    }

    /// <summary>Puts tensors into the reference's order: by falling rank of the dtype, then by name, byte for byte.</summary>
    /// <param name="tensors">In any order.</param>
    /// <returns>The same tensors.</returns>
    /// <exception cref="CheckpointException">CKPT4010 for a dtype that has no place, CKPT4011 for a name that has none.</exception>
    public Tensor[] Order(TensorTable tensors)
    {
        var keys = new (int Rank, byte[] Name)[tensors.Count];
        var ordered = new Tensor[tensors.Count];
        for (int i = 0; i < ordered.Length; i++)
        {
            ordered[i] = tensors[i];
            keys[i] = (SafetensorsDTypes.Rank(DTypeName(ordered[i])), TensorName(ordered[i]));
        }

        Array.Sort(keys, ordered, Comparer<(int Rank, byte[] Name)>.Create(static (a, b) =>
            a.Rank != b.Rank ? b.Rank.CompareTo(a.Rank) : a.Name.AsSpan().SequenceCompareTo(b.Name)));
        return ordered;
    }

    /// <summary>Writes the metadata, if there is any.</summary>
    /// <param name="metadata">Strings alone.</param>
    /// <exception cref="ArgumentException">A value is not a string: the format has no place for it.</exception>
    /// <exception cref="CheckpointException">CKPT4013 for text that is not Unicode.</exception>
    public void WriteMetadata(Metadata metadata)
    {
        if (metadata.Count == 0)
        {
            return;
        }

        WriteKey("__metadata__"u8, ref _isFirst);
        _writer.WriteByte((byte)'{');
        bool isFirst = true;
        foreach ((string key, object value) in metadata)
        {
            string text = value as string ?? throw new ArgumentException($"'{key}' is a {value.GetType().Name}; safetensors holds strings alone.", nameof(metadata));
            WriteKey(MetadataText(key, key), ref isFirst);
            WriteText(MetadataText(key, text));
        }

        _writer.WriteByte((byte)'}');
    }

    /// <summary>Writes one tensor's entry.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="begin">Its first byte, counted from the start of the data.</param>
    /// <param name="end">The byte after its last.</param>
    public void WriteTensor(Tensor tensor, long begin, long end)
    {
        WriteKey(TensorName(tensor), ref _isFirst);
        _writer.Write("{\"dtype\":"u8);
        WriteText(System.Text.Encoding.ASCII.GetBytes(DTypeName(tensor)));
        _writer.Write(",\"shape\":"u8);
        WriteNumbers(tensor.Shape.Dimensions.AsSpan());
        _writer.Write(",\"data_offsets\":"u8);
        WriteNumbers([begin, end]);
        _writer.WriteByte((byte)'}');
    }

    /// <summary>Ends the header.</summary>
    /// <returns>All bytes before the data.</returns>
    /// <exception cref="CheckpointException">CKPT4014 when it is longer than a reader allows.</exception>
    public byte[] Finish()
    {
        _writer.WriteByte((byte)'}');
        _writer.Pad(Alignment, (byte)' ');
        byte[] head = _writer.ToArray();
        int length = head.Length - Safetensors.Prefix;
        if (length > Safetensors.HeaderLimit)
        {
            throw Errors.HeaderTooLarge(_path, length, Safetensors.HeaderLimit);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)length);
        return head;
    }

    private string DTypeName(Tensor tensor) => tensor.DType.SafetensorsName ?? throw Errors.DTypeHasNoPlace(_path, tensor.Name, tensor.DType.Name, "safetensors");

    private byte[] TensorName(Tensor tensor) => (tensor.Name == SafetensorsHeaderReader.MetadataName ? null : ByteWriter.Encode(tensor.Name))
        ?? throw Errors.NameHasNoPlace(_path, tensor.Name, "safetensors", "Unicode text other than __metadata__");

    private byte[] MetadataText(string key, string text) => ByteWriter.Encode(text) ?? throw Errors.MetadataHasNoPlace(_path, key, "safetensors", "Unicode text");

    private void WriteKey(ReadOnlySpan<byte> name, ref bool isFirst)
    {
        _writer.Write(isFirst ? default : ","u8);
        isFirst = false;
        WriteText(name);
        _writer.WriteByte((byte)':');
    }

    private void WriteNumbers(ReadOnlySpan<long> numbers)
    {
        _writer.WriteByte((byte)'[');
        for (int i = 0; i < numbers.Length; i++)
        {
            _writer.Write(i == 0 ? default : ","u8);
            _writer.WriteDigits(numbers[i]);
        }

        _writer.WriteByte((byte)']');
    }

    // Only quotes, backslashes and control characters are escaped; everything else stands as its own UTF-8.
    private void WriteText(ReadOnlySpan<byte> text)
    {
        _writer.WriteByte((byte)'"');
        for (int escaped = text.IndexOfAny(Escaped); escaped >= 0; escaped = text.IndexOfAny(Escaped))
        {
            _writer.Write(text[..escaped]);
            WriteEscape(text[escaped]);
            text = text[(escaped + 1)..];
        }

        _writer.Write(text);
        _writer.WriteByte((byte)'"');
    }

    private void WriteEscape(byte value)
    {
        byte letter = value switch
        {
            (byte)'"' or (byte)'\\' => value,
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            _ => (byte)'u',
        };
        _writer.WriteByte((byte)'\\');
        _writer.WriteByte(letter);
        if (letter == 'u')
        {
            _writer.Write("00"u8);
            _writer.WriteByte("01"u8[value >> 4]);
            _writer.WriteByte("0123456789abcdef"u8[value & 0x0F]);
        }
    }
}
