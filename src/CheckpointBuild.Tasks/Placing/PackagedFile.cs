using System;
using System.Collections.Generic;
using System.IO;
using Microsoft.Build.Framework;

namespace CheckpointBuild.Tasks.Placing;

/// <summary>Targets or props of an author's own that a package holds under its name: what NuGet imports into the package's users.</summary>
/// <param name="packagePath">The path in the package, with forward slashes: <c>build/Contoso.targets</c>, <c>buildTransitive/net8.0/Contoso.props</c>.</param>
/// <param name="fullPath">The file.</param>
internal sealed class PackagedFile(string packagePath, string fullPath)
{
    /// <summary>The path in the package, with forward slashes.</summary>
    internal string PackagePath { get; } = packagePath;

    /// <summary>The file.</summary>
    internal string FullPath { get; } = fullPath;

    /// <summary>The folder in the package.</summary>
    internal string Folder { get; } = packagePath.Substring(0, packagePath.LastIndexOf('/'));

    /// <summary>Targets, not props.</summary>
    internal bool IsTargets { get; } = packagePath.EndsWith(".targets", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether users of users import it too.</summary>
    internal bool IsTransitive { get; } = packagePath.StartsWith("buildTransitive/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is for one target framework.</summary>
    internal bool IsOfFramework => Folder.Contains("/");

    /// <summary>Finds them among the items that a project packs.</summary>
    /// <param name="items">Items with <c>PackagePath</c>: paths in the package, each with the file's name or a folder.</param>
    /// <param name="packageId">The package.</param>
    internal static List<PackagedFile> Of(IEnumerable<ITaskItem> items, string packageId)
    {
        List<PackagedFile> found = [];
        foreach (ITaskItem item in items)
        {
            string name = item.GetMetadata("Filename") + item.GetMetadata("Extension");
            foreach (string path in item.GetMetadata("PackagePath").Replace('\\', '/').Split(';'))
            {
                // As NuGet takes it: what ends as the file does is a file, everything else a folder.
                string asked = path.Trim().TrimStart('/');
                bool isFile = Path.GetExtension(asked) is { Length: > 0 } extension && extension.Equals(item.GetMetadata("Extension"), StringComparison.OrdinalIgnoreCase);
                string whole = isFile ? asked : asked.TrimEnd('/') + "/" + name;
                if (IsImported(whole, packageId))
                {
                    found.Add(new PackagedFile(whole, item.GetMetadata("FullPath")));
                }
            }
        }

        return found;
    }

    private static bool IsImported(string path, string packageId) =>
        (path.StartsWith("build/", StringComparison.OrdinalIgnoreCase) || path.StartsWith("buildTransitive/", StringComparison.OrdinalIgnoreCase))
        && (path.EndsWith($"/{packageId}.targets", StringComparison.OrdinalIgnoreCase) || path.EndsWith($"/{packageId}.props", StringComparison.OrdinalIgnoreCase));
}
