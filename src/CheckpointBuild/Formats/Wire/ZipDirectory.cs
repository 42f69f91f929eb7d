using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats.Wire;

/// <summary>The directory of a zip archive, read so that it can be understood in one way only: every local header agrees with it, no two records overlap, nothing stands before the first.</summary>
/// <remarks>PKWARE's APPNOTE 6.3.10, sections 4.3 and 4.5, with what PyTorch's writer does otherwise: local headers without sizes (they follow in a descriptor), padding in an extra field, a zip64 end record always.</remarks>
internal sealed class ZipDirectory
{
    private const uint LocalSignature = 0x0403_4B50;
    private const uint CentralSignature = 0x0201_4B50;
    private const int LocalBytes = 30;
    private const int CentralBytes = 46;
    private const int MostDirectoryBytes = 128 << 20;
    private const int DescriptorFlag = 0x0008;

    // Encrypted, patched, strongly encrypted, masked.
    private const int ForbiddenFlags = 0x0001 | 0x0020 | 0x0040 | 0x2000;
    private const int LongestName = 4096;
    private const ushort Deflated = 8;

    private readonly ByteSource _source;
    private readonly byte[] _bytes;
    private readonly ZipEnd _end;
    private int _at;

    private ZipDirectory(ByteSource source, ZipEnd end)
    {
        _source = source;
        _end = end;
        _bytes = end.DirectorySize <= MostDirectoryBytes
            ? source.ReadBytes(end.DirectoryOffset, (int)end.DirectorySize)
            : throw Errors.ZipDirectoryBroken(source.Name, $"it has {end.DirectorySize.ToString("N0", CultureInfo.InvariantCulture)} bytes");
    }

    /// <summary>Reads the directory of an archive.</summary>
    /// <param name="source">The archive.</param>
    /// <returns>Its records in the directory's order.</returns>
    /// <exception cref="CheckpointException">1250 to 1254.</exception>
    public static IReadOnlyList<ZipEntry> Read(ByteSource source) => new ZipDirectory(source, ZipEnd.Find(source)).ReadEntries();

    private List<ZipEntry> ReadEntries()
    {
        var entries = new List<ZipEntry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (_at < _bytes.Length)
        {
            ZipEntry entry = ReadEntry();
            entries.Add(names.Add(entry.Name) ? entry : throw Errors.ZipEntryTwice(_source.Name, entry.Name));
        }

        if (entries.Count != _end.EntryCount)
        {
            throw Errors.ZipDirectoryBroken(_source.Name, string.Create(CultureInfo.InvariantCulture, $"it holds {entries.Count:N0} entries, its end says {_end.EntryCount:N0}"));
        }

        CheckPlaces(entries);
        return entries;
    }

    private ZipEntry ReadEntry()
    {
        if (_bytes.Length - _at < CentralBytes || BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(_at)) != CentralSignature)
        {
            throw Errors.ZipDirectoryBroken(_source.Name, string.Create(CultureInfo.InvariantCulture, $"at byte {_at:N0} of it there is no entry"));
        }

        ReadOnlySpan<byte> fixedPart = _bytes.AsSpan(_at, CentralBytes);
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[28..]);
        int extraLength = BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[30..]);
        int length = CentralBytes + nameLength + extraLength + BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[32..]);
        if (length > _bytes.Length - _at)
        {
            throw Errors.ZipDirectoryBroken(_source.Name, string.Create(CultureInfo.InvariantCulture, $"the entry at byte {_at:N0} of it passes its end"));
        }

        string name = NameOf(_bytes.AsSpan(_at + CentralBytes, nameLength));
        var sizes = ZipSizes.Read(_source.Name, name, fixedPart, _bytes.AsSpan(_at + CentralBytes + nameLength, extraLength));
        int flags = BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[8..]);
        int method = BinaryPrimitives.ReadUInt16LittleEndian(fixedPart[10..]);
        uint crc = BinaryPrimitives.ReadUInt32LittleEndian(fixedPart[16..]);
        _at += length;
        Demand((flags & ForbiddenFlags) == 0, name, "is encrypted or patched");
        Demand(method is 0 or Deflated, name, string.Create(CultureInfo.InvariantCulture, $"is packed by method {method} (0 is needed, 8 is taken)"));
        Demand(method == Deflated || sizes.Stored == sizes.Size, name, "is stored and has two sizes");
        return new ZipEntry(name, method == Deflated, crc, sizes.Stored, sizes.Size, sizes.Offset, DataOffsetOf(name, flags, method, crc, sizes));
    }

    private string NameOf(ReadOnlySpan<byte> utf8)
    {
        string name = utf8.Length is > 0 and <= LongestName && Utf8.IsValid(utf8)
            ? Encoding.UTF8.GetString(utf8)
            : throw Errors.ZipDirectoryBroken(_source.Name, "a name in it is empty, too long or not UTF-8");
        bool safe = name[0] != '/' && !name.Contains('\\', StringComparison.Ordinal) && !name.Contains(':', StringComparison.Ordinal) && !name.Contains('\0', StringComparison.Ordinal)
            && !Array.Exists(name.Split('/'), part => part is "." or "..");
        return safe ? name : throw Errors.ZipEntryBroken(_source.Name, name, "leads out of its folder");
    }

    // The local header says where the data begins, and must say nothing else than the directory.
    private long DataOffsetOf(string name, int flags, int method, uint crc, ZipSizes sizes)
    {
        Demand(sizes.Offset <= _end.DirectoryOffset - LocalBytes, name, "begins behind the directory");
        Span<byte> header = stackalloc byte[LocalBytes];
        _source.Read(sizes.Offset, header);
        Demand(BinaryPrimitives.ReadUInt32LittleEndian(header) == LocalSignature, name, "has no header where the directory says");
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header[26..]);
        long dataOffset = sizes.Offset + LocalBytes + nameLength + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        Demand(dataOffset <= _end.DirectoryOffset && sizes.Stored <= _end.DirectoryOffset - dataOffset, name, "passes into the directory");
        Demand(Encoding.UTF8.GetByteCount(name) == nameLength && Encoding.UTF8.GetString(_source.ReadBytes(sizes.Offset + LocalBytes, nameLength)) == name, name, "has another name in its own header");
        Demand(BinaryPrimitives.ReadUInt16LittleEndian(header[6..]) == flags && BinaryPrimitives.ReadUInt16LittleEndian(header[8..]) == method, name, "is packed otherwise by its own header");
        bool hasDescriptor = (flags & DescriptorFlag) != 0;
        Demand(Agrees(header[14..], crc, hasDescriptor), name, "has another checksum in its own header");
        Demand(Agrees(header[18..], sizes.Stored, hasDescriptor) && Agrees(header[22..], sizes.Size, hasDescriptor), name, "has another size in its own header");
        return dataOffset;
    }

    // Zero where the truth follows in a descriptor; all ones where it stands in the zip64 field, which PyTorch itself fills wrongly.
    private static bool Agrees(ReadOnlySpan<byte> field, long value, bool hasDescriptor) =>
        BinaryPrimitives.ReadUInt32LittleEndian(field) is var found && (found == value || (found == 0 && hasDescriptor) || (found == uint.MaxValue && value != 0));

    private void CheckPlaces(List<ZipEntry> entries)
    {
        ZipEntry[] ordered = [.. entries];
        Array.Sort(ordered, static (a, b) => a.HeaderOffset.CompareTo(b.HeaderOffset));
        long end = 0;
        foreach (ZipEntry entry in ordered)
        {
            Demand(entry.HeaderOffset >= end, entry.Name, "overlaps another");
            end = entry.DataOffset + entry.StoredSize;
        }
    }

    private void Demand(bool holds, string name, string otherwise)
    {
        if (!holds)
        {
            throw Errors.ZipEntryBroken(_source.Name, name, otherwise);
        }
    }
}
