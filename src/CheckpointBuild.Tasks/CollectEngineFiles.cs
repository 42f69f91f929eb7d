using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.IO;
using CheckpointBuild.Tasks.Checkpoints;
using CheckpointBuild.Tasks.Diagnostics;
using CheckpointBuild.Tasks.Placing;
using CheckpointBuild.Tasks.States;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace CheckpointBuild.Tasks;

/// <summary>Tells the build which engine files there are, from what the last build remembered. It starts nothing and builds nothing, so design-time builds, publish and other projects may ask at any time.</summary>
/// <remarks>Of the standard targets; its parameters may change.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[MSBuildMultiThreadableTask]
public sealed class CollectEngineFiles : Task
{
    private readonly List<ITaskItem> _products = [];
    private readonly List<ITaskItem> _files = [];
    private readonly List<ITaskItem> _stateFiles = [];

    /// <summary>The checkpoints.</summary>
    public ITaskItem[] Checkpoints { get; set; } = [];

    /// <summary>The folder that relative paths in metadata start from.</summary>
    [Required]
    public string ProjectDirectory { get; set; } = string.Empty;

    /// <summary>What the project's own restore chose; empty for nothing.</summary>
    public string AssetsFile { get; set; } = string.Empty;

    /// <summary>Where <see cref="BuildEngine"/> remembers what it made.</summary>
    [Required]
    public string StateDirectory { get; set; } = string.Empty;

    /// <summary>The project's output folder, whose copy of an engine serves where the store is gone.</summary>
    [Required]
    public string OutputDirectory { get; set; } = string.Empty;

    /// <summary>How the build copies engines: a value of <c>CopyToOutputDirectory</c>.</summary>
    [Required]
    public string CopyMode { get; set; } = string.Empty;

    /// <summary>Whether this command ships what an earlier build made: then a missing engine is an error and a stale one a warning.</summary>
    public bool ShipsWithoutBuilding { get; set; }

    /// <summary>The engines, as <see cref="WorkerTask.Products"/>, with <c>OutputPath</c>: the engine's folder in the output.</summary>
    [Output]
    public ITaskItem[] Products => [.. _products];

    /// <summary>The engines' files with <c>TargetPath</c>, <c>CopyToOutputDirectory</c> and <c>CopyToPublishDirectory</c>.</summary>
    [Output]
    public ITaskItem[] Files => [.. _files];

    /// <summary>The state file of every checkpoint, whether it exists or not.</summary>
    [Output]
    public ITaskItem[] StateFiles => [.. _stateFiles];

    /// <inheritdoc/>
    public override bool Execute()
    {
        DiagnosticLog log = new(Log);
        foreach (CheckpointItem checkpoint in new CheckpointReader(null).Read(Checkpoints))
        {
            string path = EngineState.PathOf(StateDirectory, checkpoint);
            _stateFiles.Add(new TaskItem(EngineItems.Escape(path)));
            EngineState? state = EngineState.Read(path);
            if (ShipsWithoutBuilding)
            {
                WarnIfStale(checkpoint, state, log);
            }

            if ((state is null || !Collect(checkpoint, state.Product)) && ShipsWithoutBuilding)
            {
                log.Error(TaskErrors.EngineNotBuilt(checkpoint.EngineName), checkpoint.Item);
            }
        }

        return !log.HasErrors;
    }

    private bool Collect(CheckpointItem checkpoint, EngineProduct product)
    {
        ITaskItem engine = EngineItems.Product(checkpoint, product, product.Directory);
        string folder = EngineItems.Below(OutputDirectory, checkpoint.TargetFolder);
        engine.SetMetadata("OutputPath", EngineItems.Escape(folder));
        _products.Add(engine);
        bool complete = true;
        foreach (EngineFile file in product.Files)
        {
            string? path = IsThere(file.FullPath, file.Size) ? file.FullPath : IsThere(EngineItems.Below(folder, file.RelativePath), file.Size) ? EngineItems.Below(folder, file.RelativePath) : null;
            if (path is null)
            {
                complete = false;
                continue;
            }

            ITaskItem item = EngineItems.File(checkpoint, product, file, path);
            item.SetMetadata("CopyToOutputDirectory", IsOff(checkpoint, "CopyToOutput") ? "Never" : CopyMode);
            item.SetMetadata("CopyToPublishDirectory", IsOff(checkpoint, "CopyToPublish") ? "Never" : "Always");
            item.SetMetadata("Pack", IsOn(checkpoint, "Pack") ? "true" : "false");
            item.SetMetadata("PackagePath", EngineItems.Escape(PackageFolder(checkpoint) + "/" + file.RelativePath));
            _files.Add(item);
        }

        return complete;
    }

    private void WarnIfStale(CheckpointItem checkpoint, EngineState? state, DiagnosticLog log)
    {
        if (state is null || !(File.Exists(checkpoint.Source) || Directory.Exists(checkpoint.Source)))
        {
            return;
        }

        try
        {
            EngineQuestion now = EngineQuestion.Of(nameof(BuildEngine), checkpoint, string.Empty, string.Empty, SourceStamps.Of(checkpoint, ProjectDirectory, Path.Combine(ProjectDirectory, "checkpoints.lock.json"), AssetsFile.Length > 0 ? Path.Combine(ProjectDirectory, AssetsFile) : string.Empty));
            if (now.ModelDifferenceFrom(state.Question) is { } difference)
            {
                log.Warning(TaskErrors.StaleEngine(checkpoint.EngineName, difference), checkpoint.Item);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.Warning(TaskErrors.CannotList(checkpoint.Source, exception.Message), checkpoint.Item);
        }
    }

    private static string PackageFolder(CheckpointItem checkpoint)
    {
        string asked = CheckpointMetadata.Of(checkpoint.Item, "PackagePath").Replace('\\', '/').Trim('/');
        return asked.Length > 0 ? asked : checkpoint.TargetFolder;
    }

    private static bool IsThere(string path, long size)
    {
        FileInfo file = new(path);
        return file.Exists && file.Length == size;
    }

    private static bool IsOn(CheckpointItem checkpoint, string metadata) => CheckpointMetadata.Of(checkpoint.Item, metadata).Equals("true", StringComparison.OrdinalIgnoreCase);

    private static bool IsOff(CheckpointItem checkpoint, string metadata) => CheckpointMetadata.Of(checkpoint.Item, metadata).Equals("false", StringComparison.OrdinalIgnoreCase);
}
