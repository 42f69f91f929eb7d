using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;
using Microsoft.Win32.SafeHandles;

namespace CheckpointBuild.Acquisition;

/// <summary>A content on its way: <c>NAME.ckpt.incomplete</c> gets its bytes, <c>NAME.ckpt.journal</c> says which of them are there, so that the next process goes on where one was killed.</summary>
/// <remarks>
/// The journal is text: <c>checkpointbuild 1 IDENTITY SIZE</c>, then a line <c>START END</c> for each run that was written. It is appended after the bytes and not flushed to the disk: after a power loss
/// it may claim too much. That costs a second download and never a wrong byte, because the whole content is hashed before it gets its name.
/// </remarks>
internal sealed class PartialFile : IDisposable
{
    private const int MostJournalBytes = 64 << 20;
    private const string Incomplete = ".ckpt.incomplete";
    private const string Journal = ".ckpt.journal";
    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly string _journalPath;
    private readonly SafeFileHandle _file;
    private readonly FileStream _journal;
    private readonly RangeSet _ranges = new();
    private readonly long _size;
    private readonly bool _isResumed;
    private TaskCompletionSource _grown = NewSignal();
    private bool _published;

    private PartialFile(string basePath, ContentIdentity identity, long size, bool isResumed)
    {
        string header = Header(identity, size);
        _path = basePath + Incomplete;
        _journalPath = basePath + Journal;
        _size = size;
        _isResumed = isResumed;
        Directory.CreateDirectory(Path.GetDirectoryName(basePath)!);
        foreach (ByteRange range in ReadJournal(basePath, header, size))
        {
            _ranges.Add(range);
        }

        _file = File.OpenHandle(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (RandomAccess.GetLength(_file) != size)
        {
            RandomAccess.SetLength(_file, size);
        }

        // Written anew, so that nothing is appended to half a line.
        File.WriteAllText(_journalPath + ".new", header + "\n" + string.Concat(_ranges.Runs.Select(Line)));
        File.Move(_journalPath + ".new", _journalPath, overwrite: true);
        _journal = new FileStream(_journalPath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    }

    /// <summary>Bytes that are there.</summary>
    public long Total
    {
        get
        {
            lock (_lock)
            {
                return _ranges.Total;
            }
        }
    }

    /// <summary>Opens what an earlier process left, or begins anew. The caller holds the content's lock.</summary>
    /// <param name="basePath">The content's own path.</param>
    /// <param name="identity">What it must hash to.</param>
    /// <param name="size">Its length.</param>
    /// <returns>The file.</returns>
    /// <exception cref="CheckpointException">CKPT6030 when it cannot be written.</exception>
    public static PartialFile Open(string basePath, ContentIdentity identity, long size) => Open(basePath, identity, size, isResumed: true);

    /// <summary>Begins one under a name of this process, where locks keep nobody out. Nobody would go on with it: what is not whole in the end is deleted.</summary>
    /// <param name="basePath">The content's own path.</param>
    /// <param name="identity">What it must hash to.</param>
    /// <param name="size">Its length.</param>
    /// <returns>The file.</returns>
    /// <exception cref="CheckpointException">CKPT6030 when it cannot be written.</exception>
    public static PartialFile OpenAlone(string basePath, ContentIdentity identity, long size) => Open($"{basePath}.{Guid.NewGuid():N}", identity, size, isResumed: false);

    /// <summary>How much of a content an earlier process did not bring.</summary>
    /// <param name="basePath">The content's own path.</param>
    /// <param name="identity">What it must hash to.</param>
    /// <param name="size">Its length.</param>
    /// <returns>Bytes.</returns>
    public static long Left(string basePath, ContentIdentity identity, long size)
    {
        try
        {
            var ranges = new RangeSet();
            foreach (ByteRange range in ReadJournal(basePath, Header(identity, size), size))
            {
                ranges.Add(range);
            }

            return size - ranges.Total;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return size;
        }
    }

    /// <summary>The runs that are there.</summary>
    /// <returns>In order.</returns>
    public IReadOnlyList<ByteRange> Recorded()
    {
        lock (_lock)
        {
            return [.. _ranges.Runs];
        }
    }

    /// <summary>Whether a run is there.</summary>
    /// <param name="range">The run.</param>
    /// <returns>True when all of it is.</returns>
    public bool Has(ByteRange range)
    {
        lock (_lock)
        {
            return _ranges.Has(range);
        }
    }

    /// <summary>The runs that are not there.</summary>
    /// <returns>In order.</returns>
    public IReadOnlyList<ByteRange> Missing()
    {
        lock (_lock)
        {
            return _ranges.Missing(new ByteRange(0, _size));
        }
    }

    /// <summary>Waits until a run is there.</summary>
    /// <param name="range">The run.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>When it is.</returns>
    public async Task WaitAsync(ByteRange range, CancellationToken cancellation)
    {
        while (true)
        {
            Task grown;
            lock (_lock)
            {
                if (_ranges.Has(range))
                {
                    return;
                }

                grown = _grown.Task;
            }

            await grown.WaitAsync(cancellation);
        }
    }

    /// <summary>Reads bytes that are there.</summary>
    /// <param name="offset">The first.</param>
    /// <param name="destination">Receives them.</param>
    public void Read(long offset, Span<byte> destination)
    {
        try
        {
            for (int done = 0, count; done < destination.Length; done += count)
            {
                count = RandomAccess.Read(_file, destination[done..], offset + done);
                if (count == 0)
                {
                    throw Errors.FileEndsEarly(_path, offset, destination.Length, offset + done);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CannotRead(_path, e);
        }
    }

    /// <summary>Writes bytes in their place, except where bytes are recorded already: those may have been hashed, and must stay what they were. They count once they are recorded.</summary>
    /// <remarks>The look and the write are one step: a server that ignores ranges has several transfers bring the same bytes.</remarks>
    /// <param name="bytes">The bytes.</param>
    /// <param name="offset">Where they belong.</param>
    /// <exception cref="CheckpointException">CKPT4003 when the disk is full, CKPT6030 when they cannot be written.</exception>
    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            lock (_lock)
            {
                foreach (ByteRange gap in _ranges.Missing(new ByteRange(offset, offset + bytes.Length)))
                {
                    RandomAccess.Write(_file, bytes[(int)(gap.Start - offset)..(int)(gap.End - offset)], gap.Start);
                }
            }
        }
        catch (IOException e) when (e.HResult is 28 or unchecked((int)0x80070070) or unchecked((int)0x80070027))
        {
            throw Errors.DiskFull(Path.GetDirectoryName(_path)!, _size, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CacheNotWritable(_path, e);
        }
    }

    /// <summary>Records that a run was written.</summary>
    /// <param name="range">The run.</param>
    /// <returns>How many of its bytes were not there before.</returns>
    public long Record(ByteRange range)
    {
        if (range.Length <= 0)
        {
            return 0;
        }

        long added;
        TaskCompletionSource grown;
        lock (_lock)
        {
            // Where a server ignores ranges, a second transfer may bring what is there, when the file has its name already and the journal is closed.
            if (_ranges.Has(range))
            {
                return 0;
            }

            added = -_ranges.Total;
            _ranges.Add(range);
            added += _ranges.Total;
            WriteLine(Line(range));
            (grown, _grown) = (_grown, NewSignal());
        }

        grown.SetResult();
        return added;
    }

    /// <summary>Hashes the content from its beginning, as far as it is there, and goes on as it grows.</summary>
    /// <param name="identity">Which hash.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>Hex digits.</returns>
    public async Task<string> HashAsync(ContentIdentity identity, CancellationToken cancellation)
    {
        using var hash = new ContentHash(identity, _size);
        byte[] buffer = GC.AllocateUninitializedArray<byte>((int)Math.Min(_size, 1 << 20));
        for (long at = 0; at < _size;)
        {
            long frontier;
            Task grown;
            lock (_lock)
            {
                (frontier, grown) = (_ranges.Frontier, _grown.Task);
            }

            if (frontier <= at)
            {
                await grown.WaitAsync(cancellation);
                continue;
            }

            for (; at < frontier; cancellation.ThrowIfCancellationRequested())
            {
                Span<byte> next = buffer.AsSpan(0, (int)Math.Min(buffer.Length, frontier - at));
                Read(at, next);
                hash.Append(next);
                at += next.Length;
            }
        }

        return hash.Finish();
    }

    /// <summary>Flushes the content and gives it its name; the journal goes.</summary>
    /// <param name="target">The name.</param>
    /// <exception cref="CheckpointException">CKPT6030 when it cannot be.</exception>
    public void Publish(string target)
    {
        try
        {
            RandomAccess.FlushToDisk(_file);
            File.Move(_path, target, overwrite: true);
            Disk.Flush(Path.GetDirectoryName(target)!);
            _published = true;
            _journal.Dispose();
            File.Delete(_journalPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CacheNotWritable(target, e);
        }
    }

    /// <summary>Throws everything away: its hash is wrong.</summary>
    /// <exception cref="CheckpointException">CKPT6030 when it cannot be deleted.</exception>
    public void Discard()
    {
        Dispose();
        Delete();
    }

    /// <summary>Closes the file; what is there stays for the next process.</summary>
    public void Dispose()
    {
        _file.Dispose();
        _journal.Dispose();
        if (!_published && (!_isResumed || (_size > 0 && Total == 0)))
        {
            // Nothing came, or nobody would go on with it: nothing is left behind.
            Delete();
        }
    }

    private static PartialFile Open(string basePath, ContentIdentity identity, long size, bool isResumed)
    {
        try
        {
            return new PartialFile(basePath, identity, size, isResumed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CacheNotWritable(basePath, e);
        }
    }

    private void Delete()
    {
        try
        {
            File.Delete(_journalPath);
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CacheNotWritable(_path, e);
        }
    }

    private static string Header(ContentIdentity identity, long size) => string.Create(CultureInfo.InvariantCulture, $"checkpointbuild 1 {identity.Hex} {size}");

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static string Line(ByteRange range) => string.Create(CultureInfo.InvariantCulture, $"{range.Start} {range.End}\n");

    private void WriteLine(string line)
    {
        try
        {
            _journal.Write(Encoding.ASCII.GetBytes(line));
        }
        catch (IOException e)
        {
            throw Errors.CacheNotWritable(_journalPath, e);
        }
    }

    // A line that was cut by a kill, or claims what cannot be, ends the reading: what stands before it counts.
    private static IEnumerable<ByteRange> ReadJournal(string basePath, string header, long size)
    {
        if (HubCache.LengthOf(basePath + Incomplete) != size || HubCache.LengthOf(basePath + Journal) is < 0 or > MostJournalBytes)
        {
            yield break;
        }

        string[] lines = File.ReadAllText(basePath + Journal).Split('\n');
        for (int i = 0; i < lines.Length - 1; i++)
        {
            string[] parts = lines[i].Split(' ');
            if (i == 0 && lines[i] == header)
            {
                continue;
            }

            if (i == 0 || parts.Length != 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long start)
                || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long end) || start >= end || end > size)
            {
                yield break;
            }

            yield return new ByteRange(start, end);
        }
    }
}
