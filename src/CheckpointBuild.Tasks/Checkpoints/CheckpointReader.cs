using System;
using System.Collections.Generic;
using System.IO;
using CheckpointBuild.Tasks.Diagnostics;
using Microsoft.Build.Framework;

namespace CheckpointBuild.Tasks.Checkpoints;

/// <summary>Reads <c>ModelCheckpoint</c> items and checks what can be checked without opening a model.</summary>
/// <param name="log">Hears what is wrong with an item; null reads what can be read in silence, as design-time builds want it.</param>
internal sealed class CheckpointReader(DiagnosticLog? log)
{
    private static readonly string[] YesAndNo = ["true", "false"];

    private readonly Dictionary<string, string> _folders = new(StringComparer.OrdinalIgnoreCase);
    private DiagnosticLog? _listener;

    /// <summary>Reads the items in their order. Unusable ones are left out; one whose files are missing is reported but not left out, because what was built from it may still be there.</summary>
    internal List<CheckpointItem> Read(IEnumerable<ITaskItem> items) => Read(items, _ => true);

    /// <summary>Reads some of the items; the others are looked at in silence, so that no two get one folder.</summary>
    /// <param name="items">All items.</param>
    /// <param name="isWanted">Which of them are read.</param>
    internal List<CheckpointItem> Read(IEnumerable<ITaskItem> items, Predicate<ITaskItem> isWanted)
    {
        List<CheckpointItem> checkpoints = [];
        foreach (ITaskItem item in items)
        {
            bool wanted = isWanted(item);
            _listener = wanted ? log : null;
            if (_listener is not null)
            {
                WarnOfSlips(item, _listener);
            }

            foreach (string source in SourcesOf(item))
            {
                if (ReadOne(item, source) is { } checkpoint && wanted)
                {
                    checkpoints.Add(checkpoint);
                }
            }
        }

        return checkpoints;
    }

    private List<string> SourcesOf(ITaskItem item)
    {
        if (IsRemote(item.ItemSpec))
        {
            return [item.ItemSpec];
        }

        string path = item.GetMetadata("FullPath");
        if (!CheckpointPattern.IsPattern(path))
        {
            return [CheckpointPattern.FolderOf(path)];
        }

        List<string> matches = CheckpointPattern.Expand(path);
        if (matches.Count == 0)
        {
            _listener?.Error(TaskErrors.PatternWithoutMatch(item.ItemSpec), item);
        }

        return matches;
    }

    private CheckpointItem? ReadOne(ITaskItem item, string source)
    {
        bool isRemote = IsRemote(item.ItemSpec);
        if (!isRemote && IsRoot(source))
        {
            return Refuse(item, TaskErrors.SourceIsRoot(item.ItemSpec));
        }

        bool isFile = !isRemote && File.Exists(source);
        if (!isRemote && !isFile && !Directory.Exists(source))
        {
            _listener?.Error(TaskErrors.MissingSource(item.ItemSpec, source), item);
            isFile = EngineNames.LooksLikeFile(source);
        }

        string asked = CheckpointMetadata.Of(item, "EngineName");
        string name = asked.Length > 0 ? EngineNames.Clean(asked) : EngineNames.From(source, isFile);
        if (name.Length == 0)
        {
            return Refuse(item, TaskErrors.NoEngineName(item.ItemSpec));
        }

        string place = CheckpointMetadata.Of(item, "OutputSubdirectory"), subdirectory = EngineNames.CleanFolder(place);
        if (LeavesOutput(place, subdirectory))
        {
            return Refuse(item, TaskErrors.OutputSubdirectoryOutside(item.ItemSpec, place));
        }

        if (WrongSwitch(item) is { } wrong)
        {
            return Refuse(item, wrong);
        }

        CheckpointItem checkpoint = new(item, source, name, subdirectory, ReadRecipe(item));
        if (_folders.TryGetValue(checkpoint.TargetFolder, out string? first))
        {
            return Refuse(item, TaskErrors.DuplicateEngine(checkpoint.TargetFolder, first, Called(item, source)));
        }

        _folders.Add(checkpoint.TargetFolder, Called(item, source));
        return checkpoint;
    }

    private CheckpointItem? Refuse(ITaskItem item, TaskDiagnostic diagnostic)
    {
        _listener?.Error(diagnostic, item);
        return null;
    }

    private static void WarnOfSlips(ITaskItem item, DiagnosticLog log)
    {
        foreach (object key in item.CloneCustomMetadata().Keys)
        {
            if (key is string name && CheckpointMetadata.NearestTo(name) is { } nearest)
            {
                log.Warning(TaskErrors.MisspelledMetadata(item.ItemSpec, name, nearest), item);
            }
        }
    }

    private static List<KeyValuePair<string, string>> ReadRecipe(ITaskItem item)
    {
        List<KeyValuePair<string, string>> recipe = [];
        foreach (string name in CheckpointMetadata.Recipe)
        {
            string value = CheckpointMetadata.Of(item, name);
            if (value.Length > 0)
            {
                recipe.Add(new(name, value));
            }
        }

        return recipe;
    }

    // Several folders may come from one pattern; each is told from the others by its own path.
    private static string Called(ITaskItem item, string source) => CheckpointPattern.IsPattern(item.ItemSpec) ? source : item.ItemSpec;

    private static TaskDiagnostic? WrongSwitch(ITaskItem item)
    {
        foreach (string name in CheckpointMetadata.Switches)
        {
            string value = CheckpointMetadata.Of(item, name);
            if (value.Length > 0 && Array.FindIndex(YesAndNo, v => v.Equals(value, StringComparison.OrdinalIgnoreCase)) < 0)
            {
                return TaskErrors.UnknownValue($"ModelCheckpoint '{item.ItemSpec}': {name}", value, YesAndNo);
            }
        }

        return null;
    }

    /// <summary>Whether an item names a model of the Hub or of a package.</summary>
    internal static bool IsRemote(string include) =>
        include.StartsWith("hf:", StringComparison.OrdinalIgnoreCase) || include.StartsWith("nuget:", StringComparison.OrdinalIgnoreCase);

    private static bool IsRoot(string path) => path.Trim('/', '\\').Length == 0 || string.Equals(Path.GetPathRoot(path), path, StringComparison.Ordinal);

    private static bool LeavesOutput(string asked, string subdirectory) =>
        Path.IsPathRooted(asked) || subdirectory.IndexOf(':') >= 0 || Array.IndexOf(subdirectory.Split('/'), "..") >= 0;
}
