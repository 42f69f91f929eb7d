using System;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Formats;

/// <summary>Looks that bools are stored as 0 and 1: another byte is true to one program and 255 to the next.</summary>
internal static class BoolBytes
{
    private const int PieceBytes = 1 << 16;

    /// <summary>Looks through a storage of bools; others pass unread.</summary>
    /// <param name="source">Its bytes.</param>
    /// <param name="dtype">Its dtype.</param>
    /// <param name="key">What the file calls it, for messages.</param>
    /// <returns>The source.</returns>
    /// <exception cref="CheckpointException">CKPT1354.</exception>
    public static ByteSource Checked(ByteSource source, DType dtype, string key)
    {
        Check(source, 0, dtype.LongName == "bool" ? source.Length : 0, key);
        return source;
    }

    /// <summary>Looks through a run of bools.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="offset">The first.</param>
    /// <param name="count">How many.</param>
    /// <param name="key">What the file calls the storage, for messages.</param>
    public static void Check(ByteSource source, long offset, long count, string key)
    {
        byte[] piece = new byte[(int)Math.Min(PieceBytes, count)];
        for (long done = 0; done < count; done += piece.Length)
        {
            Span<byte> part = piece.AsSpan(0, (int)Math.Min(piece.Length, count - done));
            source.Read(offset + done, part);
            int wrong = part.IndexOfAnyExceptInRange((byte)0, (byte)1);
            if (wrong >= 0)
            {
                throw Errors.BoolByte(source.Name, key, part[wrong]);
            }
        }
    }
}
