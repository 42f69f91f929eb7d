using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Formats;

/// <summary>Reads the JSON of a safetensors header, front to back, keeping nothing but what it means.</summary>
internal ref struct SafetensorsHeaderReader
{
    /// <summary>The name of the one entry that is no tensor.</summary>
    internal const string MetadataName = "__metadata__";

    /// <summary>The most tensors that one file may have; ten times what the largest known model has in all its shards together.</summary>
    internal const int TensorLimit = 1 << 20;

    private const int NestingLimit = 64;

    // What torch and numpy allow.
    private const int MostDimensions = 64;
    private readonly string _path;
    private readonly ReadOnlySpan<byte> _header;
    private readonly List<SafetensorsEntry> _entries = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<long> _dimensions = [];
    private Utf8JsonReader _json;

    /// <summary>Prepares to read a header.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="header">The JSON, with its padding.</param>
    public SafetensorsHeaderReader(string path, ReadOnlySpan<byte> header)
    {
        _path = path;
        _header = header;
        _json = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = NestingLimit });
    }

    /// <summary>Reads it.</summary>
    /// <returns>The metadata, and the tensors in the header's order, each measured; their places are not checked against each other yet.</returns>
    /// <exception cref="CheckpointException">CKPT1005, CKPT1010, CKPT1011, CKPT1013, CKPT1023 to CKPT1032, CKPT1036.</exception>
    public (Metadata Metadata, List<SafetensorsEntry> Entries) Read()
    {
        if (_header is not [(byte)'{', ..])
        {
            throw Errors.SafetensorsHeaderStart(_path);
        }

        if (!Utf8.IsValid(_header))
        {
            throw Errors.SafetensorsHeaderText(_path);
        }

        try
        {
            return ReadRoot();
        }
        catch (JsonException e)
        {
            throw Errors.SafetensorsHeaderJson(_path, $"at line {e.LineNumber}, byte {e.BytePositionInLine}");
        }
        catch (InvalidOperationException)
        {
            // The reader's answer to an escape such as \ud800 without its other half.
            throw Errors.SafetensorsHeaderJson(_path, "a string holds half a surrogate pair");
        }
    }

    private (Metadata Metadata, List<SafetensorsEntry> Entries) ReadRoot()
    {
        Metadata? metadata = null;
        _json.Read();
        while (NextName() is { } name)
        {
            if (name == MetadataName)
            {
                metadata = metadata is null ? ReadMetadata() : throw Errors.SafetensorsDuplicateMetadata(_path);
                continue;
            }

            if (!_names.Add(name))
            {
                throw Errors.DuplicateTensor(_path, name);
            }

            if (_entries.Count == TensorLimit)
            {
                throw Errors.TooManyTensors(_path, TensorLimit + 1UL, TensorLimit);
            }

            _entries.Add(ReadTensor(name));
        }

        // Looks at what follows the root, which may be space alone.
        _json.Read();
        return (metadata ?? new Metadata(), _entries);
    }

    private Metadata ReadMetadata()
    {
        Expect(JsonTokenType.StartObject, "the entry", MetadataName, "an object");
        var metadata = new Metadata();
        while (NextName() is { } key)
        {
            if (metadata.TryGet(key, out _))
            {
                throw Errors.SafetensorsDuplicateKey(_path, MetadataName, key);
            }

            Expect(JsonTokenType.String, "the metadata", key, "a string");
            metadata.Add(key, _json.GetString()!);
        }

        return metadata;
    }

    private SafetensorsEntry ReadTensor(string name)
    {
        Expect(JsonTokenType.StartObject, "the entry", name, "an object");
        DType? dtype = null;
        long[]? shape = null, offsets = null;
        while (NextName() is { } member)
        {
            switch (member)
            {
                case "dtype" when dtype is null:
                    dtype = ReadDType(name);
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(name, member);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(name, member);
                    break;
                case "dtype" or "shape" or "data_offsets":
                    throw Errors.SafetensorsDuplicateKey(_path, name, member);
                default:
                    // The reference ignores members that it does not know.
                    _json.Read();
                    _json.Skip();
                    break;
            }
        }

        return Entry(
            name,
            dtype ?? throw Errors.SafetensorsMissingMember(_path, name, "dtype"),
            shape ?? throw Errors.SafetensorsMissingMember(_path, name, "shape"),
            offsets ?? throw Errors.SafetensorsMissingMember(_path, name, "data_offsets"));
    }

    private readonly SafetensorsEntry Entry(string name, DType dtype, long[] shape, long[] offsets)
    {
        if (offsets is not [long begin, long end])
        {
            throw Errors.SafetensorsHeaderForm(_path, "data_offsets", name, $"a list of {offsets.Length} numbers", "a list of 2");
        }

        return begin <= end
            ? new SafetensorsEntry(_entries.Count, name, dtype, Extent.Measure(_path, name, dtype, shape), begin, end)
            : throw Errors.SafetensorsOffsetsReversed(_path, name, begin, end);
    }

    private DType ReadDType(string tensor)
    {
        Expect(JsonTokenType.String, "dtype", tensor, "a string");
        string name = _json.GetString()!;
        if (SafetensorsDTypes.TryGet(name, out DType? dtype))
        {
            return dtype;
        }

        throw SafetensorsDTypes.Rank(name) >= 0
            ? Errors.SafetensorsUnsupportedDType(_path, tensor, name)
            : Errors.SafetensorsUnknownDType(_path, tensor, name);
    }

    private long[] ReadNumbers(string tensor, string member)
    {
        Expect(JsonTokenType.StartArray, member, tensor, "a list");
        _dimensions.Clear();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            // Read as unsigned, because -0 is not a size.
            if (_json.TokenType != JsonTokenType.Number || !_json.TryGetUInt64(out ulong number) || number > long.MaxValue)
            {
                throw Errors.SafetensorsNumber(_path, tensor, member, Encoding.UTF8.GetString(_json.ValueSpan));
            }

            _dimensions.Add(_dimensions.Count < MostDimensions ? (long)number : throw Errors.SafetensorsHeaderForm(_path, member, tensor, $"a list of more than {MostDimensions} numbers", "one as short as tensors' shapes are"));
        }

        return [.. _dimensions];
    }

    private string? NextName()
    {
        // Throws where the header ends before its object does.
        _json.Read();
        return _json.TokenType == JsonTokenType.EndObject ? null : _json.GetString();
    }

    private void Expect(JsonTokenType type, string what, string entry, string needed)
    {
        _json.Read();
        if (_json.TokenType != type)
        {
            throw Errors.SafetensorsHeaderForm(_path, what, entry, $"a {_json.TokenType}", needed);
        }
    }
}
