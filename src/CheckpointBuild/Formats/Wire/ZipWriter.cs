using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats.Wire;

/// <summary>Lays out a zip archive of stored records whose bytes begin at a multiple of an alignment. Checksums of tensors are left open; the plan says where they go.</summary>
/// <remarks>Sizes stand in the local headers, so that there are no descriptors; zip64 fields are written only where 32 bits do not suffice (PKWARE's APPNOTE 6.3.10).</remarks>
/// <param name="path">Where the archive will lie.</param>
/// <param name="alignment">A power of two.</param>
internal sealed class ZipWriter(string path, int alignment)
{
    private const uint LocalSignature = 0x0403_4B50;
    private const uint CentralSignature = 0x0201_4B50;
    private const uint EndSignature = 0x0605_4B50;
    private const uint Zip64EndSignature = 0x0606_4B50;
    private const uint LocatorSignature = 0x0706_4B50;
    private const ushort Version = 20;
    private const ushort Zip64Version = 45;
    private const ushort Zip64Field = 0x0001;
    private const ushort PaddingField = 0x4246;
    private const int LocalBytes = 30;
    private const int LocalChecksumAt = 14;
    private const int CentralChecksumAt = 16;
    private const byte Padding = (byte)'Z';

    private readonly List<FilePiece> _pieces = [];
    private readonly ImmutableArray<Slot>.Builder _slots = ImmutableArray.CreateBuilder<Slot>();
    private readonly List<(string Name, uint Crc, long Size, long Header, Tensor? Tensor)> _records = [];
    private long _end;

    /// <summary>Adds a record of given bytes.</summary>
    /// <param name="name">Its name, with '/'.</param>
    /// <param name="bytes">All of it.</param>
    public void Add(string name, ReadOnlySpan<byte> bytes)
    {
        byte[] copy = bytes.ToArray();
        long data = Begin(name, Crc32.Of(copy), copy.Length, null);
        _pieces.Add(new FilePiece(data, copy));
        _end = data + copy.Length;
    }

    /// <summary>Adds a record of a tensor's bytes.</summary>
    /// <param name="name">Its name, with '/'.</param>
    /// <param name="tensor">The tensor: one plane.</param>
    public void Add(string name, Tensor tensor)
    {
        long size = tensor.ByteCount;
        long data = Begin(name, 0, size, tensor);
        if (size > 0)
        {
            _slots.Add(new Slot(data, size, tensor));
        }

        _end = checked(data + size);
    }

    /// <summary>Adds the directory.</summary>
    /// <returns>The file.</returns>
    public FilePlan Finish()
    {
        var directory = new ByteWriter();
        ImmutableArray<FileChecksum>.Builder checksums = ImmutableArray.CreateBuilder<FileChecksum>();
        int next = 0;
        foreach ((string name, uint crc, long size, long header, Tensor? tensor) in _records)
        {
            if (tensor is not null && size > 0)
            {
                Slot slot = _slots[next++];
                checksums.Add(new FileChecksum(slot.Offset, slot.Length, [header + LocalChecksumAt, _end + directory.Length + CentralChecksumAt]));
            }

            WriteCentral(directory, name, crc, size, header);
        }

        WriteEnd(directory, _end, directory.Length);
        _pieces.Add(new FilePiece(_end, directory.ToArray()));
        return new FilePlan(path, _end + directory.Length, _pieces[0].Bytes, _slots.DrainToImmutable()) { Pieces = [.. _pieces[1..]], Checksums = checksums.DrainToImmutable() };
    }

    private long Begin(string name, uint crc, long size, Tensor? tensor)
    {
        bool isWide = size >= uint.MaxValue;
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        int zip64 = isWide ? 4 + (2 * sizeof(ulong)) : 0;
        long unpadded = _end + LocalBytes + utf8.Length + zip64 + 4;
        int padding = (int)((alignment - (unpadded % alignment)) % alignment);

        var header = new ByteWriter();
        header.WriteUInt32(LocalSignature);
        WriteCommon(header, isWide, crc, size);
        header.WriteUInt16((ushort)utf8.Length);
        header.WriteUInt16((ushort)(zip64 + 4 + padding));
        header.Write(utf8);
        if (isWide)
        {
            header.WriteUInt16(Zip64Field);
            header.WriteUInt16(2 * sizeof(ulong));
            header.WriteUInt64((ulong)size);
            header.WriteUInt64((ulong)size);
        }

        header.WriteUInt16(PaddingField);
        header.WriteUInt16((ushort)padding);
        for (int i = 0; i < padding; i++)
        {
            header.WriteByte(Padding);
        }

        _records.Add((name, crc, size, _end, tensor));
        _pieces.Add(new FilePiece(_end, header.ToArray()));
        return unpadded + padding;
    }

    private static void WriteCommon(ByteWriter header, bool isWide, uint crc, long size)
    {
        header.WriteUInt16(isWide ? Zip64Version : Version);
        header.WriteUInt16(0);
        header.WriteUInt16(0);
        header.WriteUInt32(0);
        header.WriteUInt32(crc);
        header.WriteUInt32(isWide ? uint.MaxValue : (uint)size);
        header.WriteUInt32(isWide ? uint.MaxValue : (uint)size);
    }

    private static void WriteCentral(ByteWriter directory, string name, uint crc, long size, long header)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        bool isWide = size >= uint.MaxValue, isFar = header >= uint.MaxValue;
        int extra = (isWide ? 2 * sizeof(ulong) : 0) + (isFar ? sizeof(ulong) : 0);
        directory.WriteUInt32(CentralSignature);
        directory.WriteUInt16(isWide || isFar ? Zip64Version : Version);
        WriteCommon(directory, isWide, crc, size);
        directory.WriteUInt16((ushort)utf8.Length);
        directory.WriteUInt16((ushort)(extra > 0 ? extra + 4 : 0));
        directory.WriteUInt16(0);
        directory.WriteUInt32(0);
        directory.WriteUInt32(0);
        directory.WriteUInt32(isFar ? uint.MaxValue : (uint)header);
        directory.Write(utf8);
        if (extra > 0)
        {
            directory.WriteUInt16(Zip64Field);
            directory.WriteUInt16((ushort)extra);
        }

        if (isWide)
        {
            directory.WriteUInt64((ulong)size);
            directory.WriteUInt64((ulong)size);
        }

        if (isFar)
        {
            directory.WriteUInt64((ulong)header);
        }
    }

    private void WriteEnd(ByteWriter directory, long start, int size)
    {
        bool isWide = start >= uint.MaxValue || _records.Count >= ushort.MaxValue;
        if (isWide)
        {
            directory.WriteUInt32(Zip64EndSignature);
            directory.WriteUInt64(44);
            directory.WriteUInt16(Zip64Version);
            directory.WriteUInt16(Zip64Version);
            directory.WriteUInt64(0);
            directory.WriteUInt64((ulong)_records.Count);
            directory.WriteUInt64((ulong)_records.Count);
            directory.WriteUInt64((ulong)size);
            directory.WriteUInt64((ulong)start);
            directory.WriteUInt32(LocatorSignature);
            directory.WriteUInt32(0);
            directory.WriteUInt64((ulong)(start + size));
            directory.WriteUInt32(1);
        }

        directory.WriteUInt32(EndSignature);
        directory.WriteUInt32(0);
        directory.WriteUInt16(isWide ? ushort.MaxValue : (ushort)_records.Count);
        directory.WriteUInt16(isWide ? ushort.MaxValue : (ushort)_records.Count);
        directory.WriteUInt32((uint)size);
        directory.WriteUInt32(isWide ? uint.MaxValue : (uint)start);
        directory.WriteUInt16(0);
    }
}
