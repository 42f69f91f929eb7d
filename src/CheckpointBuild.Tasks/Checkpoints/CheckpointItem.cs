using System;
using System.Collections.Generic;
using Microsoft.Build.Framework;

namespace CheckpointBuild.Tasks.Checkpoints;

/// <summary>One checked <c>ModelCheckpoint</c>: where it comes from, what is asked of it, and where its engine goes.</summary>
/// <param name="item">The item as the build handed it over.</param>
/// <param name="source">The full path of the checkpoint, or <c>hf:org/name</c>, <c>nuget:Id</c>.</param>
/// <param name="engineName">The engine's name.</param>
/// <param name="subdirectory">The folder below the output that holds the engine's folder, with forward slashes; may be empty.</param>
/// <param name="metadata">The contract's metadata that are not empty, in the contract's order.</param>
internal sealed class CheckpointItem(ITaskItem item, string source, string engineName, string subdirectory, IReadOnlyList<KeyValuePair<string, string>> metadata)
{
    /// <summary>The item as the build handed it over.</summary>
    internal ITaskItem Item { get; } = item;

    /// <summary>The full path of the checkpoint, or <c>hf:org/name</c>, <c>nuget:Id</c>.</summary>
    internal string Source { get; } = source;

    /// <summary>Whether the checkpoint, or an adapter of it, is fetched by name.</summary>
    internal bool IsNamed { get; } = CheckpointReader.IsRemote(source) || NamesAdapter(metadata);

    /// <summary>Packages that the item names without a version, and adapters in packages: what the project references decides.</summary>
    internal IReadOnlyList<string> Packages { get; } = PackagesOf(source, metadata);

    /// <summary>The checkpoint's name where its path does not tell it: a product of another task lies in the store under its key. Empty for a checkpoint of the user's own.</summary>
    internal string CarriedName => Item.GetMetadata("CheckpointName");

    /// <summary>The engine's name: its folder, and the file name of a one-file engine.</summary>
    internal string EngineName { get; } = engineName;

    /// <summary>The contract's metadata that are not empty, in the contract's order.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Metadata { get; } = metadata;

    /// <summary>The engine's folder relative to the output, with forward slashes: <c>models/doc-llama</c>.</summary>
    internal string TargetFolder { get; } = subdirectory.Length == 0 ? engineName : subdirectory + "/" + engineName;

    /// <summary>The file that declares the item, to point errors at; empty when the build does not know.</summary>
    internal string DeclaredIn => Item.GetMetadata("DefiningProjectFullPath");

    private static List<string> PackagesOf(string source, IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        const string Prefix = "nuget:";
        List<string> packages = [];
        bool hasVersion = false;
        foreach (KeyValuePair<string, string> pair in metadata)
        {
            hasVersion |= pair.Key.Equals("Version", StringComparison.OrdinalIgnoreCase);
            foreach (string piece in pair.Key.Equals("Adapter", StringComparison.OrdinalIgnoreCase) ? pair.Value.Split(';') : [])
            {
                if (piece.Trim().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                {
                    packages.Add(piece.Trim().Substring(Prefix.Length).Split('@')[0]);
                }
            }
        }

        if (!hasVersion && source.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            packages.Add(source.Substring(Prefix.Length));
        }

        return packages;
    }

    private static bool NamesAdapter(IReadOnlyList<KeyValuePair<string, string>> metadata)
    {
        foreach (KeyValuePair<string, string> pair in metadata)
        {
            if (string.Equals(pair.Key, "Adapter", StringComparison.OrdinalIgnoreCase) && Array.Exists(pair.Value.Split(';'), piece => CheckpointReader.IsRemote(piece.Trim())))
            {
                return true;
            }
        }

        return false;
    }
}
