using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Text.RegularExpressions;
using CheckpointBuild.Tasks.Diagnostics;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace CheckpointBuild.Tasks;

/// <summary>Warns where two projects bring different engines for one place in the output: one of them would win without a word.</summary>
/// <remarks>Of the standard targets; its parameters may change. Between projects only paths travel, and in a store's path stands the engine's key: equal engines have one path.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[MSBuildMultiThreadableTask]
public sealed class FindEngineClashes : Task
{
    private const int ShortKey = 12;
    private static readonly Regex StorePath = new(@"[/\\]v1[/\\](?<key>[0-9a-f]{64})[/\\]", RegexOptions.CultureInvariant);

    /// <summary>Everything that is copied to the output, with <c>TargetPath</c>.</summary>
    public ITaskItem[] Files { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        DiagnosticLog log = new(Log);
        Dictionary<string, string> keys = new(StringComparer.OrdinalIgnoreCase);
        HashSet<string> told = new(StringComparer.OrdinalIgnoreCase);
        foreach (ITaskItem file in Files)
        {
            Match match = StorePath.Match(file.ItemSpec);
            string target = file.GetMetadata("TargetPath");
            if (!match.Success)
            {
                continue;
            }

            string key = match.Groups["key"].Value.Substring(0, ShortKey);
            if (!keys.TryGetValue(target, out string? first))
            {
                keys.Add(target, key);
            }
            else if (!first.Equals(key, StringComparison.Ordinal) && told.Add(target))
            {
                log.Warning(TaskErrors.EnginesClash(target, first, key));
            }
        }

        return true;
    }
}
