using System;
using CheckpointBuild.Dialects;
using CheckpointBuild.Models;

namespace CheckpointBuild.Tool;

/// <summary>A checkpoint with its files open.</summary>
internal sealed class OpenedCheckpoint : IDisposable
{
    private readonly CheckpointDirectory _directory;

    private OpenedCheckpoint(CheckpointDirectory directory, Checkpoint checkpoint)
    {
        _directory = directory;
        Checkpoint = checkpoint;
    }

    /// <summary>What was read.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>Opens a checkpoint.</summary>
    /// <param name="location">A folder or a file.</param>
    /// <param name="format">Its dialect; null = detected.</param>
    /// <returns>The checkpoint.</returns>
    public static OpenedCheckpoint Open(CheckpointLocation location, string? format = null)
    {
        CheckpointDirectory directory = CheckpointDirectory.Open(location);
        try
        {
            return new OpenedCheckpoint(directory, (format is null ? Dialect.Detect(directory) : Dialect.Named(format)).Read(directory));
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();
}
