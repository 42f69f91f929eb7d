using System;
using System.ComponentModel;
using System.IO;
using CheckpointBuild.Tasks.Checkpoints;
using CheckpointBuild.Tasks.Diagnostics;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace CheckpointBuild.Tasks;

/// <summary>Warns where a checkpoint's own files are published beside the engine that is made from them.</summary>
/// <remarks>Of the standard targets; its parameters may change.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[MSBuildMultiThreadableTask]
public sealed class FindRawCheckpoints : Task
{
    private static readonly string[] Papers = ["LICENSE", "LICENCE", "NOTICE", "README", "USE_POLICY"];

    /// <summary>The checkpoints.</summary>
    public ITaskItem[] Checkpoints { get; set; } = [];

    /// <summary>The project's folder.</summary>
    public string ProjectDirectory { get; set; } = string.Empty;

    /// <summary>Everything that is published.</summary>
    public ITaskItem[] Files { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        DiagnosticLog log = new(Log);
        foreach (CheckpointItem checkpoint in new CheckpointReader(null).Read(Checkpoints))
        {
            string folder = checkpoint.Source.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;
            foreach (ITaskItem file in Files)
            {
                string path = file.GetMetadata("FullPath");
                if (path.Equals(checkpoint.Source, StringComparison.Ordinal) || (path.StartsWith(folder, StringComparison.Ordinal) && IsOfTheModel(path, folder)))
                {
                    // One file stands for all: a folder of many shards is one mistake.
                    log.Warning(TaskErrors.RawCheckpointShipped(path, checkpoint.Item.ItemSpec), checkpoint.Item);
                    break;
                }
            }
        }

        return true;
    }

    // Of a folder that holds the project too, the weights alone are surely the model's.
    private bool IsOfTheModel(string path, string folder) =>
        (ProjectDirectory + Path.DirectorySeparatorChar).StartsWith(folder, StringComparison.Ordinal)
            ? Path.GetDirectoryName(path).Length + 1 == folder.Length && CheckpointPattern.HasWeightEnding(path)
            : !ShipsWithTheModel(Path.GetFileName(path));

    // A model's licence asks to travel with whatever is made from the model.
    private static bool ShipsWithTheModel(string name) =>
        Path.GetExtension(name).Equals(".md", StringComparison.OrdinalIgnoreCase) || Array.Exists(Papers, paper => name.StartsWith(paper, StringComparison.OrdinalIgnoreCase));
}
