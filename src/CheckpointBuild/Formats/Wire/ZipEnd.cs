using System;
using System.Buffers.Binary;
using System.Globalization;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats.Wire;

/// <summary>The end of a zip archive: where its directory lies. It must follow the directory at once, so that a second end hidden in a comment or in data is never believed.</summary>
/// <param name="DirectoryOffset">The directory's first byte.</param>
/// <param name="DirectorySize">Its bytes.</param>
/// <param name="EntryCount">Its entries.</param>
internal readonly record struct ZipEnd(long DirectoryOffset, long DirectorySize, long EntryCount)
{
    private const uint Zip64Signature = 0x0606_4B50;
    private const uint LocatorSignature = 0x0706_4B50;
    private const int EndBytes = 22;
    private const int LocatorBytes = 20;
    private const int Zip64Bytes = 56;
    private const int SearchBytes = EndBytes + ushort.MaxValue;

    /// <summary>Finds the end of an archive.</summary>
    /// <param name="source">The archive.</param>
    /// <returns>Where its directory lies, within the file.</returns>
    /// <exception cref="CheckpointException">CKPT1250 or CKPT1251.</exception>
    public static ZipEnd Find(ByteSource source)
    {
        int searched = (int)Math.Min(SearchBytes, source.Length);
        byte[] tail = source.ReadBytes(source.Length - searched, searched);
        int at = tail.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (at < 0 || at > tail.Length - EndBytes)
        {
            throw Errors.ZipNoEnd(source.Name);
        }

        ReadOnlySpan<byte> record = tail.AsSpan(at);
        long position = source.Length - searched + at;
        bool oneDisk = BinaryPrimitives.ReadUInt32LittleEndian(record[4..]) == 0 || BinaryPrimitives.ReadUInt32LittleEndian(record[4..]) == uint.MaxValue;
        var end = new ZipEnd(BinaryPrimitives.ReadUInt32LittleEndian(record[16..]), BinaryPrimitives.ReadUInt32LittleEndian(record[12..]), BinaryPrimitives.ReadUInt16LittleEndian(record[10..]));
        int onThisDisk = BinaryPrimitives.ReadUInt16LittleEndian(record[8..]);
        Demand(source, oneDisk && onThisDisk == end.EntryCount, "it is one of several");
        Demand(source, BinaryPrimitives.ReadUInt16LittleEndian(record[20..]) <= record.Length - EndBytes, "its comment passes the file's end");

        (end, long directoryEnd) = WithZip64(source, end, position);
        Demand(source, end.DirectoryOffset >= 0 && end.DirectorySize >= 0 && end.DirectoryOffset <= directoryEnd && end.DirectorySize == directoryEnd - end.DirectoryOffset, "its end does not stand right behind it");
        Demand(source, end.EntryCount > 0, "it is empty");
        return end;
    }

    // PyTorch always writes the zip64 end as well; where both are there they must say the same.
    private static (ZipEnd End, long DirectoryEnd) WithZip64(ByteSource source, ZipEnd end, long position)
    {
        bool needed = end.DirectoryOffset == uint.MaxValue || end.DirectorySize == uint.MaxValue || end.EntryCount == ushort.MaxValue;
        byte[] locator = position >= LocatorBytes ? source.ReadBytes(position - LocatorBytes, LocatorBytes) : [];
        if (locator.Length == 0 || BinaryPrimitives.ReadUInt32LittleEndian(locator) != LocatorSignature)
        {
            Demand(source, !needed, "its zip64 part is missing");
            return (end, position);
        }

        long at = BinaryPrimitives.ReadInt64LittleEndian(locator.AsSpan(8));
        Demand(source, at >= 0 && at <= position - LocatorBytes - Zip64Bytes, "its zip64 part lies outside");
        byte[] record = source.ReadBytes(at, Zip64Bytes);
        long size = BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(4));
        Demand(source, BinaryPrimitives.ReadUInt32LittleEndian(record) == Zip64Signature && size == position - LocatorBytes - at - 12, "its zip64 part is none");
        var wide = new ZipEnd(BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(48)), BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(40)), BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(32)));
        bool same = Same(end.DirectoryOffset, wide.DirectoryOffset, uint.MaxValue) && Same(end.DirectorySize, wide.DirectorySize, uint.MaxValue) && Same(end.EntryCount, wide.EntryCount, ushort.MaxValue);
        Demand(source, same, string.Create(CultureInfo.InvariantCulture, $"its two ends name {end.EntryCount:N0} and {wide.EntryCount:N0} entries, or two places"));
        return (wide, at);
    }

    private static bool Same(long narrow, long wide, long unknown) => narrow == unknown || narrow == wide;

    private static void Demand(ByteSource source, bool holds, string otherwise)
    {
        if (!holds)
        {
            throw Errors.ZipDirectoryBroken(source.Name, otherwise);
        }
    }
}
