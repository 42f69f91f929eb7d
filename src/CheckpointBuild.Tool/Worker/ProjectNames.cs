using System.Collections.Concurrent;
using System.Collections.Generic;

namespace CheckpointBuild.Tool.Worker;

/// <summary>What the items of one request have in common: what their names resolved to, and which names there are.</summary>
internal sealed class ProjectNames
{
    /// <summary>The commit of each source and revision that was resolved: all items get the same.</summary>
    public ConcurrentDictionary<(string Source, string Revision), string> Resolved { get; } = new();

    /// <summary>Source, revision and selection of every name that was asked for, those of adapters too.</summary>
    public HashSet<(string Source, string Revision, string Selection)> Asked { get; } = [];
}
