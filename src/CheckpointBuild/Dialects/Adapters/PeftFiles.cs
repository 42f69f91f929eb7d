using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Models.Adapters;

namespace CheckpointBuild.Dialects.Adapters;

/// <summary>Writes adapters in PEFT's form: as they are where they came in it.</summary>
internal static class PeftFiles
{
    /// <summary>Lays out <c>adapter_config.json</c> and the weights file.</summary>
    /// <param name="checkpoint">The base.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="folder">Where they go, ended by '/'.</param>
    /// <returns>The files.</returns>
    public static IEnumerable<FilePlan> Plan(Checkpoint checkpoint, Adapter adapter, string folder) => adapter.PeftFiles.IsEmpty
        ? throw Errors.CannotRun(adapter.Name, "a PEFT adapter", "Merge it instead.")
        : adapter.PeftFiles.Select(file => FilePlan.CopyOf(folder + file.Name, file.Open()));
}
