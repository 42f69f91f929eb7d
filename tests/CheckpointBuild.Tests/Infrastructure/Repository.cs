using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace CheckpointBuild.Tests.Infrastructure;

/// <summary>The checkout that the tests were built in.</summary>
internal static class Repository
{
    private const string Marker = "CheckpointBuild.Tasks.sln";

    // Places that hold what somebody else wrote or what a build left behind.
    private static readonly string[] Foreign = [".git", ".vs", ".vscode", "artifacts", "bin", "obj", "TestResults"];

    /// <summary>The folder that holds the solution; found from the test binaries upwards, so that the process's current directory does not matter.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path below the root.</summary>
    /// <param name="relative">With '/'.</param>
    /// <returns>The full path.</returns>
    public static string PathOf(string relative) => Path.Combine(Root, relative.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>The project's own files below a folder, in ordinal order.</summary>
    /// <param name="folder">Relative to the root, with '/'; empty for everything.</param>
    /// <param name="pattern">Of the file names.</param>
    /// <returns>Paths relative to the root, with '/'.</returns>
    public static IReadOnlyList<string> Files(string folder, string pattern)
    {
        var found = new List<string>();
        string start = PathOf(folder);
        if (Directory.Exists(start))
        {
            Collect(start, pattern, found);
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static void Collect(string folder, string pattern, List<string> found)
    {
        found.AddRange(Directory.EnumerateFiles(folder, pattern).Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/')));
        foreach (string child in Directory.EnumerateDirectories(folder).Where(d => !Foreign.Contains(Path.GetFileName(d), StringComparer.Ordinal)))
        {
            Collect(child, pattern, found);
        }
    }

    private static string FindRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, Marker)))
            {
                return folder;
            }
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory}: no folder above it holds {Marker}. Run the tests from a build inside the checkout.");
    }
}
