using System;
using System.IO;
using System.Security.Cryptography;
using System.Threading;
using CheckpointBuild.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace CheckpointBuild.Tensors;

/// <summary>SHA-256 of files, in pieces of bounded size.</summary>
internal static class FileDigest
{
    private const int PieceBytes = 1 << 20;

    /// <summary>Hashes an open file.</summary>
    /// <param name="handle">The file.</param>
    /// <param name="length">Its length.</param>
    /// <param name="cancellation">Looked at between pieces.</param>
    /// <returns>64 hex digits in lower case.</returns>
    public static string Sha256(SafeFileHandle handle, long length, CancellationToken cancellation) => Sha256(length, (offset, piece) =>
    {
        for (int done = 0; done < piece.Count;)
        {
            int count = RandomAccess.Read(handle, piece.AsSpan(done), offset + done);
            done += count > 0 ? count : throw new EndOfStreamException("The file became shorter while it was hashed.");
        }
    }, cancellation);

    /// <summary>Hashes a source.</summary>
    /// <param name="source">Its bytes.</param>
    /// <param name="cancellation">Looked at between pieces.</param>
    /// <returns>64 hex digits in lower case.</returns>
    public static string Sha256(ByteSource source, CancellationToken cancellation) => Sha256(source.Length, (offset, piece) => source.Read(offset, piece.AsSpan()), cancellation);

    /// <summary>Hashes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Looked at between pieces.</param>
    /// <returns>64 hex digits in lower case.</returns>
    /// <exception cref="CheckpointException">CKPT1001 or CKPT1002 when it cannot be read.</exception>
    public static string Sha256(string path, CancellationToken cancellation)
    {
        using var source = new FileSource(path);
        return Sha256(source, cancellation);
    }

    /// <summary>Adds a source's bytes to a hash that was begun.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="source">The bytes.</param>
    /// <param name="cancellation">Looked at between pieces.</param>
    public static void Append(IncrementalHash hash, ByteSource source, CancellationToken cancellation) => Append(hash, source.Length, (offset, piece) => source.Read(offset, piece.AsSpan()), cancellation);

    private static string Sha256(long length, Action<long, ArraySegment<byte>> read, CancellationToken cancellation)
    {
        using IncrementalHash sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(sha, length, read, cancellation);
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, long length, Action<long, ArraySegment<byte>> read, CancellationToken cancellation)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>((int)Math.Min(PieceBytes, length));
        for (long offset = 0; offset < length; offset += buffer.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            var piece = new ArraySegment<byte>(buffer, 0, (int)Math.Min(buffer.Length, length - offset));
            read(offset, piece);
            hash.AppendData(piece.AsSpan());
        }
    }
}
