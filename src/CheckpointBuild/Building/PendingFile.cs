using System;
using System.IO;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using Microsoft.Win32.SafeHandles;

namespace CheckpointBuild.Building;

/// <summary>One file of a build: filled under a temporary name beside its target, then renamed over it. Disposing an unpublished file removes it.</summary>
internal sealed class PendingFile : IDisposable
{
    private readonly FilePlan _plan;
    private readonly string _target;
    private readonly string _temporary;
    private string? _sha256;
    private bool _exists;

    /// <summary>Names the file; nothing is written yet.</summary>
    /// <param name="plan">What it will hold.</param>
    /// <param name="directory">The output directory.</param>
    public PendingFile(FilePlan plan, string directory)
    {
        _plan = plan;
        _target = Path.Combine(directory, plan.Path.Replace('/', Path.DirectorySeparatorChar));
        _temporary = TemporaryName.Beside(_target);
    }

    /// <summary>What was written.</summary>
    public BuiltFile Result => new(_plan.Path, _plan.Length, _sha256);

    /// <summary>Fills the temporary file.</summary>
    /// <param name="options">Threads, band size, durability, hashing.</param>
    /// <param name="progress">Counts what was written.</param>
    /// <param name="cancellation">Looked at between bands.</param>
    public void Write(BuilderOptions options, BuildProgress progress, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_target)!);
            TemporaryName.RemoveAbandoned(_target);
            if (_plan.Twin is { } twin)
            {
                FileLink.LinkOrCopy(twin.FullPath, _temporary);
                _exists = true;
                _sha256 = options.Hashing == OutputHashing.Sha256 ? twin.Sha256 : null;
                progress.Add(_plan.Length);
                return;
            }

            using SafeFileHandle handle = File.OpenHandle(_temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.None, _plan.Length);
            _exists = true;
            if (RandomAccess.GetLength(handle) != _plan.Length)
            {
                RandomAccess.SetLength(handle, _plan.Length);
            }

            RandomAccess.Write(handle, _plan.Head.Span, 0);
            progress.Add(_plan.Head.Length);
            foreach (FilePiece piece in _plan.Pieces)
            {
                RandomAccess.Write(handle, piece.Bytes.Span, piece.Offset);
                progress.Add(piece.Bytes.Length);
            }

            using WriteBehind? behind = options.Durability == Durability.Flushed ? new WriteBehind(handle) : null;
            using (FileHash? hash = options.Hashing == OutputHashing.Sha256 ? new FileHash(_plan, options.Workers) : null)
            {
                Fill(handle, hash, options, Count, cancellation);
                _sha256 = hash?.Finish(handle, cancellation);
            }

            if (behind is not null)
            {
                behind.Finish();
                RandomAccess.FlushToDisk(handle);
            }

            void Count(long bytes)
            {
                progress.Add(bytes);
                behind?.Add(bytes);
            }
        }
        catch (IOException e) when (e.HResult is 28 or unchecked((int)0x80070070) or unchecked((int)0x80070027))
        {
            throw Errors.DiskFull(Path.GetDirectoryName(_target)!, _plan.Length, OutputDirectory.FreeBytes(Path.GetDirectoryName(_target)!));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CannotWrite(_target, e);
        }
    }

    /// <summary>Gives the file its name; what stood there before is replaced in one step.</summary>
    public void Publish()
    {
        try
        {
            File.Move(_temporary, _target, overwrite: true);
            _exists = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CannotWrite(_target, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_exists)
        {
            return;
        }

        try
        {
            File.Delete(_temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The error that ended the build is the one that the user must see; a leftover under a temporary name harms nobody.
            _exists = false;
        }
    }

    private void Fill(SafeFileHandle handle, FileHash? hash, BuilderOptions options, Action<long> written, CancellationToken cancellation)
    {
        BandPlan[] bands = [.. BandPlan.Of(_plan, options.BandBytes)];
        var sums = new BandSums(_plan, bands);
        using var workspace = new Workspace();
        for (int start = 0, end; start < bands.Length; start = end)
        {
            end = EndOfRun(bands, start);
            FillRun(start..end, Math.Max(1, options.Workers), i =>
            {
                FillBand(handle, bands[i], i, hash, sums, workspace);
                written(bands[i].Bytes);
            }, hash, cancellation);
            workspace.ReleaseResidents();
        }

        sums.Write(handle);
    }

    // Tensors that keep whole matrices in memory are filled one by one, so that never more than one tensor's stay there.
    private static int EndOfRun(BandPlan[] bands, int start)
    {
        Tensor first = bands[start].Tensor;
        bool alone = first.KeepsResidents;
        int end = start + 1;
        while (end < bands.Length && (ReferenceEquals(bands[end].Tensor, bands[end - 1].Tensor) || (!alone && !bands[end].Tensor.KeepsResidents)))
        {
            end++;
        }

        return end;
    }

    private static void FillRun(Range bands, int mostWorkers, Action<int> fill, FileHash? hash, CancellationToken cancellation)
    {
        (int next, int end) = (bands.Start.Value - 1, bands.End.Value);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        void Work()
        {
            try
            {
                for (int i = Interlocked.Increment(ref next); i < end; i = Interlocked.Increment(ref next))
                {
                    stop.Token.ThrowIfCancellationRequested();
                    fill(i);
                }
            }
            catch
            {
                stop.Cancel();
                hash?.Abandon();
                throw;
            }
        }

        int workers = Math.Clamp(end - bands.Start.Value, 1, mostWorkers);
        try
        {
            Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, _ => Work());
        }
        catch (AggregateException failures)
        {
            // The first real error counts; the other threads were only told to stop.
            ExceptionDispatchInfo.Throw(failures.InnerExceptions.FirstOrDefault(e => e is not OperationCanceledException) ?? failures.InnerExceptions[0]);
        }
    }

    private static void FillBand(SafeFileHandle handle, BandPlan plan, int index, FileHash? hash, BandSums sums, Workspace workspace)
    {
        Band band = plan.Tensor.ReadBand(plan.Rows, workspace);
        try
        {
            for (int plane = 0; plane < plan.Offsets.Length; plane++)
            {
                RandomAccess.Write(handle, band.Planes[plane], plan.Offsets[plane]);
            }

            sums.Add(index, band.Codes);
            if (hash is not null)
            {
                hash.Submit(index, plan.Offsets[0], band);
                band = null!;
            }
        }
        finally
        {
            band?.Dispose();
        }
    }
}
