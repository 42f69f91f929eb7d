using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.IO;
using CheckpointBuild.Tasks.Diagnostics;
using CheckpointBuild.Tasks.Placing;
using CheckpointBuild.Tasks.States;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace CheckpointBuild.Tasks;

/// <summary>Removes engines from the output together with what is remembered of them: all of them on Clean, those whose item is gone on a build. The store keeps its copy.</summary>
/// <remarks>Of the standard targets; its parameters may change. It goes by what earlier builds remembered, never by today's items, and needs no checkpoint.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[MSBuildMultiThreadableTask]
public sealed class CleanEngineFiles : Task
{
    // What the tasks write beside the states.
    private static readonly string[] Written = ["*.request.json", "*.log", "*.targets", "*.g.cs"];

    /// <summary>Where <see cref="BuildEngine"/> remembers what it made.</summary>
    [Required]
    public string StateDirectory { get; set; } = string.Empty;

    /// <summary>The project's output folder.</summary>
    [Required]
    public string OutputDirectory { get; set; } = string.Empty;

    /// <summary>The state files of the engines that stay.</summary>
    public ITaskItem[] Keep { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            if (Directory.Exists(StateDirectory))
            {
                RemoveAllButKept();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            new DiagnosticLog(Log).Warning(TaskErrors.CannotDelete(StateDirectory, exception.Message));
        }

        return true;
    }

    private void RemoveAllButKept()
    {
        HashSet<string> kept = new(StringComparer.Ordinal);
        foreach (ITaskItem item in Keep)
        {
            kept.Add(item.GetMetadata("FullPath"));
        }

        foreach (string path in Directory.GetFiles(StateDirectory, "*" + EngineState.Extension + "*", SearchOption.AllDirectories))
        {
            if (!kept.Contains(EngineState.OwnerOf(Path.GetFullPath(path))))
            {
                Remove(path);
            }
        }

        if (Keep.Length == 0)
        {
            DeleteRequests();
        }
    }

    private void Remove(string statePath)
    {
        if (EngineState.Read(statePath) is { } state)
        {
            string folder = EngineItems.Below(OutputDirectory, state.TargetFolder);
            foreach (EngineFile file in state.Product.Files)
            {
                string path = EngineItems.Below(folder, file.RelativePath);
                Delete(path);
                DeleteEmptyFolders(Path.GetDirectoryName(path), OutputDirectory);
            }
        }

        Delete(statePath);
        DeleteEmptyFolders(Path.GetDirectoryName(statePath), StateDirectory);
    }

    private void DeleteRequests()
    {
        foreach (string pattern in Written)
        {
            foreach (string path in Directory.GetFiles(StateDirectory, pattern))
            {
                Delete(path);
            }
        }

        Delete(PlacementRecord.PathOf(StateDirectory));

        DeleteEmptyFolders(StateDirectory, Path.GetDirectoryName(Path.GetFullPath(StateDirectory)));
    }

    private void Delete(string path)
    {
        try
        {
            if (File.Exists(path))
            {
                File.Delete(path);
                Log.LogMessage(MessageImportance.Normal, "Deleting engine file \"{0}\".", path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            new DiagnosticLog(Log).Warning(TaskErrors.CannotDelete(path, exception.Message));
        }
    }

    // Upwards as long as nothing is left, and never the folder that everything stands in.
    private static void DeleteEmptyFolders(string folder, string stop)
    {
        string end = Path.GetFullPath(stop).TrimEnd(Path.DirectorySeparatorChar);
        string current = Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar);
        while (current.Length > end.Length && Directory.Exists(current) && Directory.GetFileSystemEntries(current).Length == 0)
        {
            Directory.Delete(current);
            current = Path.GetDirectoryName(current);
        }
    }
}
