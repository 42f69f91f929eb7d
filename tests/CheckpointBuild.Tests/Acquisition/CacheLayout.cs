using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CheckpointBuild.Acquisition;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Acquisition;

/// <summary>The rules of the shared cache's layout, each of them held against every file: whatever was killed or failed, other clients find nothing that they would take for something else.</summary>
internal static class CacheLayout
{
    /// <summary>Holds a cache against the rules.</summary>
    /// <param name="cache">Its folder.</param>
    public static void AssertRight(string cache)
    {
        if (!Directory.Exists(cache))
        {
            return;
        }

        Findings.None(Directory.EnumerateFileSystemEntries(cache).Select(e => Path.GetFileName(e)).Where(n => n is not ("CACHEDIR.TAG" or ".locks") && !n.StartsWith("models--", StringComparison.Ordinal)).Select(n => $"{n}: is no entry of a cache"));
        foreach (string model in Directory.EnumerateDirectories(cache, "models--*"))
        {
            Findings.None(Directory.EnumerateFileSystemEntries(model).Select(e => Path.GetFileName(e)).Where(n => n is not ("refs" or "blobs" or "snapshots" or "trees" or ".no_exist")).Select(n => $"{n}: is no entry of a model"));
            Findings.None(Files(model, "blobs").SelectMany(Blob));
            Findings.None(Files(model, "refs").Where(f => !HubCache.IsCommit(File.ReadAllText(f))).Select(f => $"{f}: names no commit"));
            Findings.None(Files(model, "snapshots").SelectMany(f => Snapshot(model, f)));
            Findings.None(Files(model, "trees").Where(f => HubTree.Read(File.ReadAllBytes(f)) is null || !HubCache.IsCommit(Path.GetFileNameWithoutExtension(f))).Select(f => $"{f}: is no list of a commit"));
            Findings.None(Files(model, ".no_exist").Where(f => new FileInfo(f).Length != 0).Select(f => $"{f}: is not empty"));
        }
    }

    /// <summary>What is on its way or was left on it.</summary>
    /// <param name="cache">The cache's folder.</param>
    /// <returns>Files among the contents that are none.</returns>
    public static IEnumerable<string> OnTheWay(string cache) => !Directory.Exists(cache) ? [] : Directory.EnumerateFiles(cache, "*.ckpt.*", SearchOption.AllDirectories);

    private static IEnumerable<string> Blob(string path)
    {
        string name = Path.GetFileName(path);
        if (name.Contains(".ckpt.", StringComparison.Ordinal))
        {
            yield break;
        }

        if (!ContentIdentity.IsHash(name))
        {
            yield return $"{path}: is no name of a content";
        }
        else if (ContentHash.Of(path, new ContentIdentity(name), TestContext.Current.CancellationToken) is var found && found != name)
        {
            yield return $"{path}: hashes to {found}";
        }
    }

    private static IEnumerable<string> Snapshot(string model, string path)
    {
        string commit = Path.GetRelativePath(Path.Combine(model, "snapshots"), path).Split(Path.DirectorySeparatorChar)[0];
        string? target = new FileInfo(path).LinkTarget;
        if (!HubCache.IsCommit(commit))
        {
            yield return $"{path}: lies below no commit";
        }

        if (path.EndsWith(".tmp", StringComparison.Ordinal))
        {
            yield return $"{path}: is not in its place";
        }

        if (target is not null && (Path.IsPathRooted(target) || Path.GetFileName(Path.GetDirectoryName(target)) != "blobs" || HubCache.LengthOf(path) < 0))
        {
            yield return $"{path}: leads to {target}, where no content is";
        }
    }

    private static string[] Files(string model, string below) => Directory.Exists(Path.Combine(model, below)) ? Directory.GetFiles(Path.Combine(model, below), "*", SearchOption.AllDirectories) : [];
}
