using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using CheckpointBuild.Building;

namespace CheckpointBuild.Tool;

/// <summary>Remembers which files were brought into the shared cache for builds that keep no source, until they are dropped: a build that was killed in between leaves it to the next one.</summary>
/// <remarks>One small file per commit's folder: its path, then the paths below it. Without a place to remember, a killed build's source stays.</remarks>
internal static class BroughtFiles
{
    /// <summary>Remembers files that are about to be brought.</summary>
    /// <param name="folder">The commit's folder.</param>
    /// <param name="paths">Below it.</param>
    public static void Add(string folder, IEnumerable<string> paths) => Try(folder, record => File.AppendAllLines(record, File.Exists(record) ? paths : paths.Prepend(folder)));

    /// <summary>What was brought and not dropped yet.</summary>
    /// <param name="folder">The commit's folder.</param>
    /// <returns>Paths below it.</returns>
    public static IReadOnlyList<string> Of(string folder)
    {
        string[] lines = [];
        Try(folder, record => lines = File.Exists(record) ? File.ReadAllLines(record) : []);
        return lines.Length > 0 && lines[0] == folder ? [.. lines[1..].Distinct(StringComparer.Ordinal)] : [];
    }

    /// <summary>Forgets: the files are dropped, or kept from now on.</summary>
    /// <param name="folder">The commit's folder.</param>
    public static void Forget(string folder) => Try(folder, File.Delete);

    private static void Try(string folder, Action<string> use)
    {
        if (Store.DefaultRoot is not { } root)
        {
            return;
        }

        try
        {
            string records = Directory.CreateDirectory(Path.Combine(root, "brought")).FullName;
            use(Path.Combine(records, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..32] + ".txt"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It costs space in the cache, and no byte of any product.
        }
    }
}
