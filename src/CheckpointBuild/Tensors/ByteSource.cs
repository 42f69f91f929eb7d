using System;

namespace CheckpointBuild.Tensors;

/// <summary>Bytes that can be read at any position, from any number of threads: a file, or whatever a plug-in keeps weights in.</summary>
public abstract class ByteSource : IDisposable
{
    /// <summary>What messages call it: for a file, its full path.</summary>
    public abstract string Name { get; }

    /// <summary>How many bytes there are.</summary>
    public abstract long Length { get; }

    /// <summary>Fills <paramref name="destination"/> with the bytes at <paramref name="offset"/>.</summary>
    /// <param name="offset">The first byte, counted from 0.</param>
    /// <param name="destination">Receives the bytes.</param>
    /// <exception cref="Diagnostics.CheckpointException">CKPT1003 when there are not that many, CKPT1002 when they cannot be read.</exception>
    public abstract void Read(long offset, Span<byte> destination);

    /// <summary>Reads a run of bytes into a new array.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="count">How many; check it against a limit first when it came from the file.</param>
    /// <returns>The bytes.</returns>
    public byte[] ReadBytes(long offset, int count)
    {
        if (offset < 0 || count < 0 || offset > Length - count)
        {
            throw Diagnostics.Errors.FileEndsEarly(Name, offset, count, Length);
        }

        byte[] bytes = GC.AllocateUninitializedArray<byte>(count);
        Read(offset, bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what the source holds.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
