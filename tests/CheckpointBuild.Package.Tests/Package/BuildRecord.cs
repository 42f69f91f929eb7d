using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.Build.Logging.StructuredLogger;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>A command with its binary log.</summary>
public sealed class BuildRecord
{
    private readonly Lazy<Build> _build;

    public BuildRecord(CommandResult result, string log)
    {
        Result = result;
        _build = new Lazy<Build>(() => BinaryLog.ReadBuild(log));
    }

    public CommandResult Result { get; }

    /// <summary>How often the tool was asked: each time its command line is written.</summary>
    public int ToolStarts => Messages.Count(IsAsking);

    /// <summary>The targets in which a task asked the tool.</summary>
    public IEnumerable<string> TargetsAsking(string task) => Nodes.OfType<Task>().Where(t => t.Name == task && t.FindChildrenRecursive<Message>(m => IsAsking(m.Text ?? "")).Any()).Select(t => t.GetNearestParent<Target>()!.Name);

    /// <summary>How many engine files were put in place or copied by whatever task.</summary>
    public int EngineCopies => Messages.Count(m => m.Contains(".gguf", StringComparison.Ordinal) &&
        (m.StartsWith("Placing engine file", StringComparison.Ordinal) || m.StartsWith("Copying file", StringComparison.Ordinal) || m.StartsWith("Creating hard link", StringComparison.Ordinal)));

    /// <summary>Whether a file of this name travels in the log.</summary>
    public bool Embeds(string name) => _build.Value.SourceFiles?.Any(f => f.FullPath.EndsWith(name, StringComparison.Ordinal)) == true;

    /// <summary>Whether a target ran.</summary>
    public bool Ran(string target) => Nodes.OfType<Target>().Any(t => t.Name == target && t.HasChildren);

    private static bool IsAsking(string message) => message.Contains(" worker --request ", StringComparison.Ordinal);

    private IEnumerable<string> Messages => Nodes.OfType<Message>().Select(m => m.Text ?? "");

    private List<BaseNode> Nodes
    {
        get
        {
            var nodes = new List<BaseNode>();
            _build.Value.VisitAllChildren<BaseNode>(nodes.Add);
            return nodes;
        }
    }
}
