using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;
using CheckpointBuild.Formats;

namespace CheckpointBuild.Building;

/// <summary>One file of a build: filled under a temporary name beside its target, then renamed over it. Disposing an unpublished file removes it.</summary>
internal sealed class PendingFile : IDisposable
{
    private readonly FilePlan _plan;
    private readonly string _target;
    private readonly string _temporary;
    private string? _sha256;
    private FileFill? _fill;
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

    /// <summary>Opens the temporary file.</summary>
    /// <param name="options">Threads, band size, durability, hashing.</param>
    /// <param name="progress">Counts what was written.</param>
    public void Open(BuilderOptions options, BuildProgress progress) => Guarded(() =>
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_target)!);
        TemporaryName.RemoveAbandoned(_target);
        _exists = true;
        if (_plan.Twin is { } twin)
        {
            FileLink.LinkOrCopy(twin.FullPath, _temporary);
            _sha256 = options.Hashing == OutputHashing.Sha256 ? twin.Sha256 : null;
            progress.Add(_plan.Length);
            return;
        }

        _fill = new FileFill(_temporary, _plan, options, progress);
    });

    /// <summary>Fills the temporary files of a group, which are open, and closes them.</summary>
    /// <param name="files">The group.</param>
    /// <param name="workers">Threads.</param>
    /// <param name="cancellation">Looked at between bands.</param>
    public static void Fill(IReadOnlyList<PendingFile> files, int workers, CancellationToken cancellation)
    {
        PendingFile[] open = [.. files.Where(f => f._fill is not null)];
        if (open.Length == 0)
        {
            return;
        }

        open[0].Guarded(() => new FillTogether([.. open.Select(f => f._fill!)], workers).Run(cancellation));
        foreach (PendingFile file in open)
        {
            file.Guarded(() => file._sha256 = file._fill!.Finish(cancellation));
            file.Close();
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
        Close();
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

    private void Close()
    {
        _fill?.Dispose();
        _fill = null;
    }

    private void Guarded(Action work)
    {
        try
        {
            work();
        }
        catch (IOException e) when (e.HResult is 28 or unchecked((int)0x80070070) or unchecked((int)0x80070027))
        {
            throw Errors.DiskFull(Path.GetDirectoryName(_target)!, _plan.Length, Disk.FreeBytes(Path.GetDirectoryName(_target)!));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Errors.CannotWrite(_target, e);
        }
    }
}
