using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;
using CheckpointBuild.Dialects;
using CheckpointBuild.Formats;

namespace CheckpointBuild.Building;

/// <summary>Fills the slots of a plan: bands in parallel, positional writes into temporary files beside their targets, flushed, and renamed together at the end. Until then the old files stay as they were.</summary>
public sealed class Builder
{
    private readonly BuilderOptions _options;

    /// <summary>Makes a builder.</summary>
    /// <param name="options">Threads, durability and progress.</param>
    public Builder(BuilderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
    }

    /// <summary>Writes every file of a plan.</summary>
    /// <param name="plan">The files.</param>
    /// <param name="directory">Where they go; made when it is not there.</param>
    /// <param name="cancellation">Looked at between bands.</param>
    /// <returns>What was written, in the plan's order.</returns>
    public ImmutableArray<BuiltFile> Build(DirectoryPlan plan, string directory, CancellationToken cancellation) => Build(plan, directory, static () => { }, cancellation);

    /// <summary>Writes every file of a plan.</summary>
    /// <param name="plan">The files.</param>
    /// <param name="directory">Where they go; made when it is not there.</param>
    /// <param name="beforePublishing">Called when all is written and nothing has its name yet; what it throws ends the build with the old files intact.</param>
    /// <param name="cancellation">Looked at between bands.</param>
    /// <returns>What was written, in the plan's order.</returns>
    /// <exception cref="CheckpointException">4xxx when the directory cannot be written, 1xxx and 3xxx from reading the tensors. Nothing half-written stays.</exception>
    public ImmutableArray<BuiltFile> Build(DirectoryPlan plan, string directory, Action beforePublishing, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(beforePublishing);
        directory = Path.GetFullPath(directory);
        OutputDirectory.Prepare(directory, plan.Files.Sum(f => f.Length));
        var progress = new BuildProgress(plan.Files.Sum(f => f.Length), _options.Progress);
        var written = new List<PendingFile>(plan.Files.Length);
        try
        {
            foreach (FilePlan[] group in Groups(plan))
            {
                PendingFile[] pending = [.. group.Select(file => new PendingFile(file, directory))];
                written.AddRange(pending);
                foreach (PendingFile file in pending)
                {
                    file.Open(_options, progress);
                }

                PendingFile.Fill(pending, _options.Workers, cancellation);
            }

            beforePublishing();
            Publish(written, directory);
            if (_options.Durability == Durability.Flushed)
            {
                Disk.Flush(directory);
            }

            return [.. written.Select(f => f.Result)];
        }
        finally
        {
            written.ForEach(f => f.Dispose());
        }
    }

    // Files of one folder of ranks read the same rows and are filled together; what has no tensors is written by itself.
    private static IEnumerable<FilePlan[]> Groups(DirectoryPlan plan) => plan.SharesRows
        ? plan.Files.GroupBy(f => f.Slots.IsEmpty).SelectMany(g => g.Key ? g.Select(f => new[] { f }) : [[.. g]])
        : plan.Files.Select(f => new[] { f });

    // A rename cannot be undone once the file before it is gone: whoever has to know that a folder is mixed is told.
    private static void Publish(List<PendingFile> files, string directory)
    {
        for (int i = 0; i < files.Count; i++)
        {
            try
            {
                files[i].Publish();
            }
            catch (CheckpointException e) when (i > 0)
            {
                throw Errors.PartlyReplaced(directory, i, files.Count, e.InnerException ?? e);
            }
        }
    }
}
