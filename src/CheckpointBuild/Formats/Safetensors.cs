using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Collections.Immutable;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Formats;

/// <summary>Hugging Face's safetensors.</summary>
/// <remarks>
/// <code>
/// byte  0 ..... 7 | 8 ............... 8+n-1 | 8+n ............
///       n, u64    | JSON, padded by spaces  | data, no holes
/// </code>
/// Reading refuses what the reference (safetensors 0.8) refuses, and what its specification forbids but its reader lets pass: names that stand twice, and a header that begins with space.
/// Writing gives the reference's bytes: tensors by dtype, then name, whatever order they come in. The reference writes several metadata pairs in a random order; here they keep theirs.
/// </remarks>
internal sealed class Safetensors : Format
{
    /// <summary>The longest header that may be read or written, in bytes.</summary>
    internal const int HeaderLimit = 100_000_000;

    /// <summary>Bytes of the header's length.</summary>
    internal const int Prefix = sizeof(ulong);

    /// <inheritdoc/>
    public override string Name => "safetensors";

    /// <inheritdoc/>
    /// <remarks>The length's upper bytes tell a header from text; whether it is allowed and present is for <see cref="Read"/> to say.</remarks>
    public override bool Recognizes(ReadOnlySpan<byte> head, long length) => head.Length > Prefix && head[6] == 0 && head[7] == 0 && head[Prefix] == (byte)'{';

    /// <inheritdoc/>
    public override TensorFile Read(ByteSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        byte[] header = ReadHeader(source);
        (Metadata metadata, List<SafetensorsEntry> entries) = new SafetensorsHeaderReader(source.Name, header).Read();

        // Zero-sized tensors share an offset; the header's order decides between them.
        entries.Sort(static (a, b) => (a.Begin, a.End, a.Index).CompareTo((b.Begin, b.End, b.Index)));
        long dataStart = Prefix + header.Length;
        CheckPlaces(source, entries, dataStart);

        var tensors = new Tensor[entries.Count];
        for (int i = 0; i < tensors.Length; i++)
        {
            SafetensorsEntry entry = entries[i];
            tensors[i] = new Stored(entry.Name, entry.DType, entry.Extent.Shape, source, dataStart + entry.Begin);
        }

        return new TensorFile(new TensorTable(tensors), metadata);
    }

    /// <inheritdoc/>
    public override FilePlan Plan(string path, TensorFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var writer = new SafetensorsHeaderWriter(path);
        writer.WriteMetadata(file.Metadata);

        Tensor[] ordered = writer.Order(file.Tensors);
        long[] begins = new long[ordered.Length];
        long end = 0;
        for (int i = 0; i < ordered.Length; i++)
        {
            begins[i] = end;
            end = checked(end + ordered[i].ByteCount);
            writer.WriteTensor(ordered[i], begins[i], end);
        }

        byte[] head = writer.Finish();
        ImmutableArray<Slot>.Builder slots = ImmutableArray.CreateBuilder<Slot>(ordered.Length);
        for (int i = 0; i < ordered.Length; i++)
        {
            if (ordered[i].ByteCount is > 0 and long bytes)
            {
                slots.Add(new Slot(head.Length + begins[i], bytes, ordered[i]));
            }
        }

        return new FilePlan(path, head.Length + end, head, slots.DrainToImmutable());
    }

    private static byte[] ReadHeader(ByteSource source)
    {
        if (source.Length < Prefix)
        {
            throw Errors.SafetensorsTooShort(source.Name, source.Length);
        }

        Span<byte> prefix = stackalloc byte[Prefix];
        source.Read(0, prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > HeaderLimit)
        {
            throw Errors.SafetensorsHeaderTooLarge(source.Name, length, HeaderLimit);
        }

        long available = source.Length - Prefix;
        return (long)length <= available
            ? source.ReadBytes(Prefix, (int)length)
            : throw Errors.SafetensorsHeaderPastEnd(source.Name, (long)length, available);
    }

    private static void CheckPlaces(ByteSource source, List<SafetensorsEntry> entries, long dataStart)
    {
        long next = 0;
        foreach (SafetensorsEntry entry in entries)
        {
            if (entry.Begin != next)
            {
                throw Errors.SafetensorsNotContiguous(source.Name, entry.Name, entry.Begin, next);
            }

            if (entry.End - entry.Begin != entry.Extent.Bytes)
            {
                throw Errors.SafetensorsWrongSize(source.Name, entry.Name, entry.DType.Name, entry.Extent.Shape.ToString(), entry.End - entry.Begin, entry.Extent.Bytes);
            }

            if (entry.End > source.Length - dataStart)
            {
                throw Errors.TensorPastEnd(
                    source.Name, entry.Name, entry.DType.Name, entry.Extent.Shape.ToString(), entry.Extent.Bytes, dataStart + entry.Begin, source.Length);
            }

            next = entry.End;
        }

        long trailing = source.Length - dataStart - next;
        if (trailing > 0)
        {
            throw Errors.SafetensorsTrailingBytes(source.Name, trailing);
        }
    }
}
