using System;
using System.ComponentModel;
using System.Globalization;
using System.IO;
using CheckpointBuild.Tasks.Diagnostics;
using CheckpointBuild.Tasks.Placing;
using CheckpointBuild.Tasks.States;
using CheckpointBuild.Tasks.Worker;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace CheckpointBuild.Tasks;

/// <summary>Puts engine files into the output before the stock copy looks at them: cloned where the file system can, checked against their hash, renamed into place, and cancellable.</summary>
/// <remarks>Of the standard targets; its parameters may change.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[MSBuildMultiThreadableTask]
public sealed class MaterializeEngineFiles : Task, ICancelableTask
{
    private readonly CancelSignal _cancel = new();

    /// <summary>The files, as <see cref="CollectEngineFiles.Files"/>.</summary>
    public ITaskItem[] Files { get; set; } = [];

    /// <summary>Where <see cref="BuildEngine"/> remembers what it made; what was put where is remembered beside it.</summary>
    [Required]
    public string StateDirectory { get; set; } = string.Empty;

    /// <summary>The project's output folder.</summary>
    [Required]
    public string OutputDirectory { get; set; } = string.Empty;

    /// <summary><c>Copy</c> or <c>HardLink</c>.</summary>
    public string LinkMode { get; set; } = string.Empty;

    /// <inheritdoc/>
    public void Cancel() => _cancel.Set();

    /// <inheritdoc/>
    public override bool Execute()
    {
        DiagnosticLog log = new(Log);
        if (Placing.LinkMode.Parse(LinkMode) is not { } mode)
        {
            log.Error(TaskErrors.UnknownValue("CheckpointBuildLinkMode", LinkMode, Placing.LinkMode.Names));
            return false;
        }

        PlacementRecord placements = new(PlacementRecord.PathOf(StateDirectory));
        EnginePlacer placer = new(placements, _cancel) { MayLink = mode == Placing.LinkMode.HardLink };
        try
        {
            foreach (ITaskItem file in Files)
            {
                _cancel.ThrowIfSet();
                if (!file.GetMetadata("CopyToOutputDirectory").Equals("Never", StringComparison.OrdinalIgnoreCase))
                {
                    Place(file, placer, log);
                }
            }

            placements.Write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.Error(TaskErrors.NoState(StateDirectory, exception.Message));
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        return !log.HasErrors;
    }

    private void Place(ITaskItem item, EnginePlacer placer, DiagnosticLog log)
    {
        string target = EngineItems.Below(OutputDirectory, item.GetMetadata("TargetPath"));
        long size = long.Parse(item.GetMetadata("Size"), NumberStyles.Integer, CultureInfo.InvariantCulture);
        EngineFile file = new(item.GetMetadata("TargetPath"), item.GetMetadata("FullPath"), size, item.GetMetadata("Sha256"));
        int before = placer.Placed;
        if (placer.Place(file, target) is { } problem)
        {
            log.Error(problem);
        }
        else if (placer.Placed > before)
        {
            Log.LogMessage(MessageImportance.Normal, "Placing engine file \"{0}\" as \"{1}\".", file.FullPath, target);
        }
    }
}
