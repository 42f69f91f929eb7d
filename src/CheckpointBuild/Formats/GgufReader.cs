using System;
using System.Collections.Generic;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats.Wire;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Formats;

/// <summary>Reads one GGUF header: every count and length is held against what is left of the file before memory is taken for it.</summary>
/// <param name="source">The file.</param>
internal sealed class GgufReader(ByteSource source)
{
    private const uint OldestVersion = 2;
    private const long TensorLimit = 1 << 20;
    private const long PairLimit = 1 << 16;

    // The smallest tensor info: a name of one byte, no dimensions. The smallest pair: a key of one byte, a value of one byte.
    private const int SmallestInfo = sizeof(ulong) + 1 + sizeof(uint) + sizeof(uint) + sizeof(ulong);
    private const int SmallestPair = sizeof(ulong) + 1 + sizeof(uint) + 1;

    private readonly string _path = source.Name;
    private readonly ByteCursor _cursor = new(source);

    /// <summary>Reads it.</summary>
    /// <returns>The tensors and the metadata, in file order.</returns>
    /// <exception cref="CheckpointException">CKPT1003, CKPT1005, CKPT1010 to CKPT1013, CKPT1040 to CKPT1058.</exception>
    public TensorFile Read()
    {
        ReadMagicAndVersion();
        long tensors = ReadCount(TensorLimit, SmallestInfo, Errors.TooManyTensors);
        long pairs = ReadCount(PairLimit, SmallestPair, static (path, found, limit) => Errors.GgufCount(path, null, found, limit));
        Metadata metadata = ReadMetadata(pairs);
        long alignment = Alignment(metadata);
        List<Info> infos = ReadInfos(tensors);
        return new TensorFile(Place(infos, alignment), metadata);
    }

    private void ReadMagicAndVersion()
    {
        Span<byte> magic = stackalloc byte[Gguf.Magic.Length];
        if (_cursor.Remaining < magic.Length)
        {
            throw Errors.GgufMagic(_path);
        }

        _cursor.Read(magic);
        if (!magic.SequenceEqual(Gguf.Magic))
        {
            throw Errors.GgufMagic(_path);
        }

        uint version = _cursor.ReadUInt32();
        if (version is < OldestVersion or > Gguf.Version)
        {
            // A small number in the other byte order has nothing in its lower half.
            throw version != 0 && (version & 0xFFFF) == 0 ? Errors.GgufBigEndian(_path) : Errors.GgufVersion(_path, version);
        }
    }

    private long ReadCount(long most, int smallest, Func<string, ulong, long, CheckpointException> refuse)
    {
        ulong count = _cursor.ReadUInt64();
        long limit = Math.Min(most, _cursor.Remaining / smallest);
        return count <= (ulong)limit ? (long)count : throw refuse(_path, count, limit);
    }

    private Metadata ReadMetadata(long pairs)
    {
        var values = new GgufValueReader(_path, _cursor);
        var metadata = new Metadata();
        for (long i = 0; i < pairs; i++)
        {
            string key = values.ReadText(key: null);
            if (key.Length == 0 || key.Contains('\0', StringComparison.Ordinal))
            {
                throw Errors.GgufKey(_path, i);
            }

            if (metadata.TryGet(key, out _))
            {
                throw Errors.GgufDuplicateKey(_path, key);
            }

            metadata.Add(key, values.Read(key));
        }

        return metadata;
    }

    private long Alignment(Metadata metadata)
    {
        if (!metadata.TryGet(Gguf.AlignmentKey, out object? value))
        {
            return Gguf.DefaultAlignment;
        }

        return value is uint alignment && Gguf.IsAlignment(alignment)
            ? alignment
            : throw Errors.GgufAlignment(_path, value is uint found ? $"{found}" : $"of type {value.GetType().Name}");
    }

    private List<Info> ReadInfos(long tensors)
    {
        var infos = new List<Info>((int)tensors);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < tensors; i++)
        {
            string name = ReadName(i);
            if (!names.Add(name))
            {
                throw Errors.DuplicateTensor(_path, name);
            }

            long[] dimensions = ReadDimensions(name);
            DType dtype = ReadDType(name);
            if (dimensions is [.., long columns] && !dtype.Fits(columns))
            {
                throw Errors.GgufRowBlocks(_path, name, dtype.Name, columns, dtype.BlockLength);
            }

            infos.Add(new Info(name, dtype, Extent.Measure(_path, name, dtype, dimensions), _cursor.ReadUInt64()));
        }

        return infos;
    }

    private string ReadName(int index)
    {
        ulong bytes = _cursor.ReadUInt64();
        if (bytes is 0 or > Gguf.NameLimit)
        {
            throw Errors.GgufTensorName(_path, index, bytes, Gguf.NameLimit);
        }

        return _cursor.ReadText((int)bytes) is { } name && !name.Contains('\0', StringComparison.Ordinal)
            ? name
            : throw Errors.GgufTensorName(_path, index, bytes, Gguf.NameLimit);
    }

    private long[] ReadDimensions(string tensor)
    {
        uint rank = _cursor.ReadUInt32();
        if (rank > Gguf.RankLimit)
        {
            throw Errors.GgufRank(_path, tensor, rank, Gguf.RankLimit);
        }

        long[] dimensions = new long[rank];
        for (int i = dimensions.Length - 1; i >= 0; i--)
        {
            dimensions[i] = (long)_cursor.ReadUInt64();
            if (dimensions[i] <= 0)
            {
                throw Errors.GgufDimension(_path, tensor, dimensions[i]);
            }
        }

        return dimensions;
    }

    private DType ReadDType(string tensor)
    {
        uint type = _cursor.ReadUInt32();
        if (GgmlTypes.Find(type) is { } dtype)
        {
            return dtype;
        }

        throw GgmlTypes.RemovedNameOf(type) is { } removed ? Errors.GgmlTypeRemoved(_path, tensor, removed) : Errors.GgmlTypeUnknown(_path, tensor, type);
    }

    // Every tensor ends within the file before the next is looked at, so that the running offset never overflows.
    private TensorTable Place(List<Info> infos, long alignment)
    {
        long dataStart = Gguf.Align(_cursor.Position, alignment);
        var tensors = new Tensor[infos.Count];
        long next = 0;
        for (int i = 0; i < tensors.Length; i++)
        {
            Info info = infos[i];
            if (info.Offset != (ulong)next)
            {
                throw Errors.GgufOffset(_path, info.Name, info.Offset, next);
            }

            long start = dataStart + next;
            if (info.Extent.Bytes > source.Length - start)
            {
                throw Errors.TensorPastEnd(_path, info.Name, info.DType.Name, info.Extent.Shape.ToString(), info.Extent.Bytes, start, source.Length);
            }

            tensors[i] = new Stored(info.Name, info.DType, info.Extent.Shape, source, start);
            next = Gguf.Align(next + info.Extent.Bytes, alignment);
        }

        return new TensorTable(tensors);
    }

    private readonly record struct Info(string Name, DType DType, Extent Extent, ulong Offset);
}
