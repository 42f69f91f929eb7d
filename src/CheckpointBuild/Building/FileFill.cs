using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using Microsoft.Win32.SafeHandles;

namespace CheckpointBuild.Building;

/// <summary>A file that is open and being filled, band by band, in any order and from any thread.</summary>
internal sealed class FileFill : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly Action<long> _written;
    private readonly FileHash? _hash;
    private readonly WriteBehind? _behind;
    private readonly BandSums _sums;

    /// <summary>Opens the file and writes what is known of it.</summary>
    /// <param name="path">Its temporary path, which is free.</param>
    /// <param name="plan">What it holds.</param>
    /// <param name="options">Threads, band size, durability, hashing.</param>
    /// <param name="progress">Counts what was written.</param>
    public FileFill(string path, FilePlan plan, BuilderOptions options, BuildProgress progress)
    {
        _handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.None, plan.Length);
        if (RandomAccess.GetLength(_handle) != plan.Length)
        {
            RandomAccess.SetLength(_handle, plan.Length);
        }

        RandomAccess.Write(_handle, plan.Head.Span, 0);
        progress.Add(plan.Head.Length);
        foreach (FilePiece piece in plan.Pieces)
        {
            RandomAccess.Write(_handle, piece.Bytes.Span, piece.Offset);
            progress.Add(piece.Bytes.Length);
        }

        _written = progress.Add;
        _behind = options.Durability == Durability.Flushed ? new WriteBehind(_handle) : null;
        _hash = options.Hashing == OutputHashing.Sha256 ? new FileHash(plan, _handle, options.Workers) : null;
        Bands = [.. BandPlan.Of(plan, options.BandBytes)];
        Tensors = [.. Bands.Select((band, i) => (band.Tensor, Index: i)).GroupBy(b => b.Tensor, ReferenceEqualityComparer.Instance).Select(g => new TensorBands((Tensor)g.Key!, g.First().Index, g.Count()))];
        _sums = new BandSums(plan, Bands);
    }

    /// <summary>The file's bands by rising offset.</summary>
    public BandPlan[] Bands { get; }

    /// <summary>The bands of each tensor, in the file's order.</summary>
    public ImmutableArray<TensorBands> Tensors { get; }

    /// <summary>Fills a band.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="isEarly">Whether it comes long before those that stand before it in the file, so that its bytes are not kept until they are hashed.</param>
    /// <param name="workspace">Lends memory.</param>
    public void Fill(int index, bool isEarly, Workspace workspace)
    {
        BandPlan plan = Bands[index];
        Band band = plan.Tensor.ReadBand(plan.Rows, workspace);
        try
        {
            for (int plane = 0; plane < plan.Offsets.Length; plane++)
            {
                RandomAccess.Write(_handle, band.Planes[plane], plan.Offsets[plane]);
            }

            _sums.Add(index, band.Codes);
            if (_hash is not null && isEarly)
            {
                _hash.SubmitWritten(index, plan.Offsets[0], plan.Bytes);
            }
            else if (_hash is not null)
            {
                _hash.Submit(index, plan.Offsets[0], band);
                band = null!;
            }
        }
        finally
        {
            band?.Dispose();
        }

        _written(plan.Bytes);
        _behind?.Add(plan.Bytes);
    }

    /// <summary>Tells threads that wait that the build has failed.</summary>
    public void Abandon() => _hash?.Abandon();

    /// <summary>Brings the file to its end; every band was filled.</summary>
    /// <param name="cancellation">Looked at while bytes are read back.</param>
    /// <returns>The file's hash, where one is wanted.</returns>
    public string? Finish(CancellationToken cancellation)
    {
        _sums.Write(_handle);
        string? sha256 = _hash?.Finish(_handle, cancellation);
        if (_behind is not null)
        {
            _behind.Finish();
            RandomAccess.FlushToDisk(_handle);
        }

        return sha256;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _hash?.Dispose();
        _behind?.Dispose();
        _handle.Dispose();
    }

    /// <summary>The bands of one tensor.</summary>
    /// <param name="Tensor">The tensor.</param>
    /// <param name="First">Its first band.</param>
    /// <param name="Count">How many.</param>
    internal readonly record struct TensorBands(Tensor Tensor, int First, int Count);
}
