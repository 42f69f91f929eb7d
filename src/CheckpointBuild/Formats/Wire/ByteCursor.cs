using System;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats.Wire;

/// <summary>Reads little-endian numbers front to back through one small buffer, so that a header costs few reads and no memory of its own size.</summary>
/// <param name="source">The file.</param>
internal sealed class ByteCursor(ByteSource source)
{
    private const int BufferBytes = 1 << 16;
    private readonly byte[] _buffer = new byte[(int)Math.Min(BufferBytes, source.Length)];
    private long _bufferAt;
    private int _filled;
    private int _next;

    /// <summary>The offset of the next byte.</summary>
    public long Position => _bufferAt + _next;

    /// <summary>How many bytes follow.</summary>
    public long Remaining => source.Length - Position;

    /// <summary>Reads one byte.</summary>
    /// <returns>The byte.</returns>
    /// <exception cref="CheckpointException">CKPT1003 at the end of the file, as for every method here.</exception>
    public byte ReadByte() => Take(sizeof(byte))[0];

    /// <summary>Reads two bytes.</summary>
    /// <returns>The number.</returns>
    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));

    /// <summary>Reads four bytes.</summary>
    /// <returns>The number.</returns>
    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    /// <summary>Reads eight bytes.</summary>
    /// <returns>The number.</returns>
    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>Fills a span.</summary>
    /// <param name="destination">Receives the bytes.</param>
    public void Read(Span<byte> destination)
    {
        if (destination.Length <= _buffer.Length)
        {
            Take(destination.Length).CopyTo(destination);
            return;
        }

        long position = Position;
        source.Read(position, destination);
        _bufferAt = position + destination.Length;
        _filled = 0;
        _next = 0;
    }

    /// <summary>Reads UTF-8 text.</summary>
    /// <param name="bytes">Its length; check it against <see cref="Remaining"/> and a limit first.</param>
    /// <returns>The text, or null where the bytes are not UTF-8.</returns>
    public string? ReadText(int bytes)
    {
        if (bytes <= _buffer.Length)
        {
            return Decode(Take(bytes));
        }

        byte[] large = new byte[bytes];
        Read(large);
        return Decode(large);
    }

    private static string? Decode(ReadOnlySpan<byte> utf8) => Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : null;

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _filled - _next)
        {
            Refill(count);
        }

        _next += count;
        return _buffer.AsSpan(_next - count, count);
    }

    private void Refill(int count)
    {
        if (count > Remaining)
        {
            throw Errors.FileEndsEarly(source.Name, Position, count, source.Length);
        }

        _bufferAt = Position;
        _next = 0;
        _filled = (int)Math.Min(_buffer.Length, source.Length - _bufferAt);
        source.Read(_bufferAt, _buffer.AsSpan(0, _filled));
    }
}
