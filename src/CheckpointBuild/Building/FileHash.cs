using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Threading;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using Microsoft.Win32.SafeHandles;

namespace CheckpointBuild.Building;

/// <summary>
/// SHA-256 of a file while its bands are written in any order. Whoever brings the band that is next in the file hashes it, and all that wait behind it; the others go on filling. Bands far ahead wait,
/// so that memory stays bounded. A file of several planes, whose bands do not follow each other, and one with checksums before what they sum is read back instead.
/// </summary>
internal sealed class FileHash : IDisposable
{
    private const int PieceBytes = 256 << 10;
    private static readonly byte[] Zeros = new byte[64 << 10];
    private readonly IncrementalHash _sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Dictionary<int, (long Offset, long Length, Band? Band)> _waiting = [];
    private readonly FilePlan _plan;
    private readonly SafeFileHandle _handle;
    private readonly int _most;
    private readonly bool _inOrder;
    private int _held;
    private int _next;
    private long _position;
    private bool _hashing;
    private bool _abandoned;

    /// <summary>Begins with the head.</summary>
    /// <param name="plan">The file.</param>
    /// <param name="handle">It, for what must be read back.</param>
    /// <param name="workers">How many threads bring bands.</param>
    public FileHash(FilePlan plan, SafeFileHandle handle, int workers)
    {
        _plan = plan;
        _handle = handle;
        _most = 2 * Math.Max(1, workers);
        _inOrder = plan.Slots.All(s => s.Tensor.DType.PlaneCount == 1) && plan.Pieces.IsEmpty && plan.Checksums.IsEmpty;
        _sha.AppendData(plan.Head.Span);
        _position = plan.Head.Length;
    }

    /// <summary>Takes a band over; it is hashed and given back in its turn.</summary>
    /// <param name="index">Its number in the file, from 0 without gaps.</param>
    /// <param name="offset">Its first byte in the file.</param>
    /// <param name="band">Its bytes.</param>
    public void Submit(int index, long offset, Band band)
    {
        if (!_inOrder)
        {
            band.Dispose();
            return;
        }

        lock (_waiting)
        {
            while (index != _next && _held >= _most && !_abandoned)
            {
                Monitor.Wait(_waiting);
            }

            if (_abandoned)
            {
                band.Dispose();
                return;
            }

            _held++;
            _waiting.Add(index, (offset, band.Codes.Length, band));
            if (!Begins(index))
            {
                return;
            }
        }

        HashWaiting();
    }

    /// <summary>Takes notice of a band that was written long before its turn; it is read back then.</summary>
    /// <param name="index">Its number in the file.</param>
    /// <param name="offset">Its first byte in the file.</param>
    /// <param name="length">Its bytes.</param>
    public void SubmitWritten(int index, long offset, long length)
    {
        if (!_inOrder)
        {
            return;
        }

        lock (_waiting)
        {
            _waiting.Add(index, (offset, length, null));
            if (!Begins(index))
            {
                return;
            }
        }

        HashWaiting();
    }

    /// <summary>Tells threads that wait that the build has failed.</summary>
    public void Abandon()
    {
        lock (_waiting)
        {
            _abandoned = true;
            Monitor.PulseAll(_waiting);
        }
    }

    /// <summary>The hash of the whole file, after every band was submitted.</summary>
    /// <param name="handle">The file, for those that must be read back.</param>
    /// <param name="cancellation">Looked at between pieces that are read back.</param>
    /// <returns>64 hex digits in lower case.</returns>
    public string Finish(SafeFileHandle handle, CancellationToken cancellation)
    {
        if (!_inOrder)
        {
            return FileDigest.Sha256(handle, _plan.Length, cancellation);
        }

        SkipTo(_plan.Length);
        return Convert.ToHexStringLower(_sha.GetHashAndReset());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((long _, long _, Band? band) in _waiting.Values)
        {
            band?.Dispose();
        }

        _sha.Dispose();
    }

    private void HashWaiting()
    {
        while (true)
        {
            (long Offset, long Length, Band? Band) item;
            lock (_waiting)
            {
                if (!_waiting.Remove(_next, out item))
                {
                    _hashing = false;
                    return;
                }

                _next++;
                _held -= item.Band is null ? 0 : 1;
                Monitor.PulseAll(_waiting);
            }

            SkipTo(item.Offset);
            if (item.Band is { } band)
            {
                _sha.AppendData(band.Codes);
                band.Dispose();
            }
            else
            {
                ReadBack(item.Offset, item.Length);
            }

            _position += item.Length;
        }
    }

    // Whoever brings the band that is next hashes it, unless somebody does already.
    private bool Begins(int index)
    {
        bool begins = !_hashing && index == _next;
        _hashing |= begins;
        return begins;
    }

    private void ReadBack(long offset, long length)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            for (long done = 0; done < length;)
            {
                int count = RandomAccess.Read(_handle, piece.AsSpan(0, (int)Math.Min(PieceBytes, length - done)), offset + done);
                if (count == 0)
                {
                    throw new EndOfStreamException("A file that was just written ends early.");
                }

                _sha.AppendData(piece, 0, count);
                done += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private void SkipTo(long offset)
    {
        while (_position < offset)
        {
            int count = (int)Math.Min(Zeros.Length, offset - _position);
            _sha.AppendData(Zeros, 0, count);
            _position += count;
        }
    }
}
