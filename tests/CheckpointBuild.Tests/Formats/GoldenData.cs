using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;

namespace CheckpointBuild.Tests.Formats;

/// <summary>Where files of the reference tools lie: CHECKPOINTBUILD_GOLDEN, else ../shared/golden beside the checkout, else tests/Fixtures.</summary>
internal static class GoldenData
{
    public static string Root { get; } = FindRoot();

    /// <summary>Files of a topic by rising path; none where the topic is absent.</summary>
    public static IReadOnlyList<string> Files(string topic, string pattern)
    {
        string folder = Path.Combine(Root, topic);
        string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, pattern, SearchOption.AllDirectories) : [];
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    public static string? Find(string path)
    {
        string full = Path.Combine(Root, path);
        return File.Exists(full) ? full : null;
    }

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        string tests = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", ".."));
        string?[] roots = [Environment.GetEnvironmentVariable("CHECKPOINTBUILD_GOLDEN"), Path.GetFullPath(Path.Combine(tests, "..", "..", "shared", "golden")), Path.Combine(tests, "Fixtures")];
        return roots.First(root => !string.IsNullOrEmpty(root) && (Directory.Exists(root) || root == roots[^1]))!;
    }
}
