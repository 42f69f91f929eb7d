using System;
using System.Globalization;
using System.IO;
using System.IO.Compression;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats.Wire;

/// <summary>The bytes of one record of a zip archive. Their checksum is held against the directory's before the first byte is given out; a compressed record is unpacked into memory then.</summary>
internal sealed class ZipRecord : ByteSource
{
    /// <summary>The most bytes that a compressed record may have.</summary>
    internal const int MostUnpacked = 256 << 20;

    // Weights and programs shrink to a tenth at best; what grows a thousandfold was made to, or is small and zero: factors, biases and moments before training.
    private const int MostGrowth = 100;
    private const int FreeGrowthBytes = 16 << 20;
    private const int FreeProgramBytes = 64 << 10;
    private const int PieceBytes = 1 << 18;
    private readonly ByteSource _archive;
    private readonly ZipEntry _entry;
    private readonly Lock _lock = new();
    private volatile bool _checked;
    private readonly UnpackedRecords _unpacked;

    /// <summary>Makes a source of a record.</summary>
    /// <param name="archive">The archive, which stays open.</param>
    /// <param name="entry">The record.</param>
    /// <param name="unpacked">Keeps what compressed records of the archive hold.</param>
    /// <exception cref="CheckpointException">CKPT1254 when it would grow beyond measure.</exception>
    public ZipRecord(ByteSource archive, ZipEntry entry, UnpackedRecords unpacked)
    {
        _archive = archive;
        _unpacked = unpacked;
        _entry = entry;
        int free = entry.Name.EndsWith(".pkl", StringComparison.Ordinal) ? FreeProgramBytes : FreeGrowthBytes;
        if (entry.IsDeflated && (entry.Size > MostUnpacked || entry.Size > free + (MostGrowth * entry.StoredSize)))
        {
            throw Errors.ZipCompressed(archive.Name, entry.Name, string.Create(CultureInfo.InvariantCulture, $"{entry.StoredSize:N0} bytes claim to be {entry.Size:N0}"));
        }
    }

    /// <inheritdoc/>
    public override string Name => _archive.Name;

    /// <inheritdoc/>
    public override long Length => _entry.Size;

    /// <inheritdoc/>
    public override void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > Length - destination.Length)
        {
            throw Errors.FileEndsEarly(Name, offset, destination.Length, Length);
        }

        Check();
        if (_entry.IsDeflated)
        {
            _unpacked.Get(_entry.HeaderOffset, Unpack).AsSpan((int)offset, destination.Length).CopyTo(destination);
        }
        else
        {
            _archive.Read(_entry.DataOffset + offset, destination);
        }
    }

    /// <summary>Two sources of one record are the same, so that tensors read twice from a file are equal.</summary>
    /// <param name="obj">Another source.</param>
    /// <returns>True when it is of the same record of the same archive.</returns>
    public override bool Equals(object? obj) => obj is ZipRecord other && _archive.Equals(other._archive) && _entry == other._entry;

    /// <inheritdoc/>
    public override int GetHashCode() => _entry.HeaderOffset.GetHashCode();

    /// <summary>Holds the checksum against the directory's, once.</summary>
    /// <exception cref="CheckpointException">CKPT1255.</exception>
    public void Check()
    {
        if (_checked)
        {
            return;
        }

        lock (_lock)
        {
            if (!_checked)
            {
                uint crc = _entry.IsDeflated ? Crc32.Of(_unpacked.Get(_entry.HeaderOffset, Unpack)) : _entry.Crc == 0 ? 0 : Sum();

                // Zero stands for "not computed": torch.save can be told so.
                _checked = crc == _entry.Crc || _entry.Crc == 0 ? true : throw Errors.ZipChecksum(Name, _entry.Name, crc, _entry.Crc);
            }
        }
    }

    private uint Sum()
    {
        byte[] piece = GC.AllocateUninitializedArray<byte>((int)Math.Min(PieceBytes, _entry.Size));
        uint crc = 0;
        for (long done = 0; done < _entry.Size; done += piece.Length)
        {
            Span<byte> part = piece.AsSpan(0, (int)Math.Min(piece.Length, _entry.Size - done));
            _archive.Read(_entry.DataOffset + done, part);
            crc = Crc32.Of(part, crc);
        }

        return crc;
    }

    private byte[] Unpack()
    {
        byte[] packed = _archive.ReadBytes(_entry.DataOffset, checked((int)_entry.StoredSize));
        byte[] bytes = new byte[_entry.Size];
        try
        {
            using var stream = new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress);
            stream.ReadExactly(bytes);
            return stream.ReadByte() < 0 ? bytes : throw Errors.ZipCompressed(Name, _entry.Name, "it unpacks to more than it claims");
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Errors.ZipCompressed(Name, _entry.Name, "it does not unpack to what it claims");
        }
    }
}
