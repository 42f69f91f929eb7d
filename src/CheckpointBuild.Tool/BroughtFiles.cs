using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using CheckpointBuild.Building;

namespace CheckpointBuild.Tool;

/// <summary>Remembers which files were brought into the shared cache for builds that keep no source, until they are dropped: a build that was killed in between leaves it to the next one.</summary>
/// <remarks>One small file per commit's folder: its path, then the paths below it. Without a place to remember, a killed build's source stays.</remarks>
internal static class BroughtFiles
{
    private const int MostWaits = 1200;
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(50);

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

    /// <summary>Says that files of a repository are in use, so that no build which keeps no source takes them away; one that is at it is waited for.</summary>
    /// <param name="repository">The repository's folder in the cache.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The use, until it is disposed; null where there is no place for it.</returns>
    public static FileStream? Use(string repository, CancellationToken cancellation)
    {
        FileStream? use = null;
        Try(repository, record =>
        {
            for (int i = 0; use is null && i < MostWaits; i++)
            {
                use = TryOpen(record + ".lock", FileShare.Read);
                _ = use is null && cancellation.WaitHandle.WaitOne(Wait);
                cancellation.ThrowIfCancellationRequested();
            }
        });
        return use;
    }

    /// <summary>Does something while no other process uses a repository's files.</summary>
    /// <param name="repository">The repository's folder in the cache.</param>
    /// <param name="work">What is done.</param>
    /// <returns>Whether it was done: not while somebody uses them.</returns>
    public static bool WhileUnused(string repository, Action work)
    {
        FileStream? alone = null;
        bool canTell = false;
        Try(repository, record =>
        {
            alone = TryOpen(record + ".lock", FileShare.None);
            canTell = true;
        });
        using (alone)
        {
            if (canTell && alone is null)
            {
                return false;
            }

            work();
            return true;
        }
    }

    private static FileStream? TryOpen(string path, FileShare share)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, share == FileShare.None ? FileAccess.ReadWrite : FileAccess.Read, share, bufferSize: 0);
        }
        catch (IOException)
        {
            return null;
        }
    }

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
