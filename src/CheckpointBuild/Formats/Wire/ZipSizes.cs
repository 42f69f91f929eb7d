using System;
using System.Buffers.Binary;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Formats.Wire;

/// <summary>Sizes and place of a record as the directory has them: 32-bit fields, or the zip64 field where those are all ones.</summary>
/// <param name="Stored">Bytes in the archive.</param>
/// <param name="Size">Bytes of the record.</param>
/// <param name="Offset">The first byte of the local header.</param>
internal readonly record struct ZipSizes(long Stored, long Size, long Offset)
{
    private const ushort Zip64 = 0x0001;

    /// <summary>Reads them.</summary>
    /// <param name="path">The archive, for messages.</param>
    /// <param name="name">The record, for messages.</param>
    /// <param name="entry">The fixed part of its directory entry.</param>
    /// <param name="extra">Its extra fields.</param>
    /// <returns>Sizes and place, none negative.</returns>
    public static ZipSizes Read(string path, string name, ReadOnlySpan<byte> entry, ReadOnlySpan<byte> extra)
    {
        ReadOnlySpan<byte> wide = FindZip64(extra);

        // In this order, and only those whose 32 bits are all ones.
        long size = Take(entry[24..], ref wide, path, name);
        long stored = Take(entry[20..], ref wide, path, name);
        long offset = Take(entry[42..], ref wide, path, name);
        return new ZipSizes(stored, size, offset);
    }

    private static long Take(ReadOnlySpan<byte> field, ref ReadOnlySpan<byte> wide, string path, string name)
    {
        uint narrow = BinaryPrimitives.ReadUInt32LittleEndian(field);
        if (narrow != uint.MaxValue)
        {
            return narrow;
        }

        long value = wide.Length >= sizeof(long) ? BinaryPrimitives.ReadInt64LittleEndian(wide) : -1;
        wide = value >= 0 ? wide[sizeof(long)..] : throw Errors.ZipEntryBroken(path, name, "has no zip64 sizes where they are announced");
        return value;
    }

    private static ReadOnlySpan<byte> FindZip64(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]), extra.Length - 4);
            if (BinaryPrimitives.ReadUInt16LittleEndian(extra) == Zip64)
            {
                return extra.Slice(4, length);
            }

            extra = extra[(4 + length)..];
        }

        return [];
    }
}
