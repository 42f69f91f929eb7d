using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CheckpointBuild.Tests.Golden;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

[assembly: AssemblyFixture(typeof(GoldenLedger))]

namespace CheckpointBuild.Tests.Golden;

/// <summary>Keeps the account of golden files: which ones some case reached, and after the last test, which ones none did.</summary>
/// <remarks>The list goes to <c>artifacts/golden-not-reached.NAME.txt</c>, its sums per topic to the output. It is complete only when the whole suite ran.</remarks>
public sealed class GoldenLedger : IDisposable
{
    private static readonly ConcurrentDictionary<string, byte> Reached = new(StringComparer.Ordinal);

    /// <summary>Counts a file, or a folder with everything below it, as reached.</summary>
    /// <param name="path">Its full path.</param>
    public static void Reach(string path) => Reached.TryAdd(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        string[] left = [.. NotReached().Order(StringComparer.Ordinal)];
        string list = Repository.PathOf($"artifacts/golden-not-reached.{typeof(GoldenLedger).Assembly.GetName().Name}.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(list)!);
        File.WriteAllLines(list, left);

        IEnumerable<string> sums = left.GroupBy(file => file.Split('/')[0]).Select(topic => $"{topic.Key} {topic.Count()}");
        Console.WriteLine($"golden data: {GoldenRoot.Folder} ({GoldenRoot.Origin})");
        Console.WriteLine($"data files that no case of this run reached (artifacts/{Path.GetFileName(list)}): {(left.Length == 0 ? "none" : string.Join(", ", sums))}");
    }

    private static IEnumerable<string> NotReached() => Directory
        .EnumerateFiles(GoldenRoot.Folder, "*", SearchOption.AllDirectories)
        .Where(file => Path.GetFileName(file) != "README.md" && !IsReached(file))
        .Select(file => Path.GetRelativePath(GoldenRoot.Folder, file).Replace('\\', '/'));

    private static bool IsReached(string file)
    {
        for (string? path = file; path is not null && path.Length > GoldenRoot.Folder.Length; path = Path.GetDirectoryName(path))
        {
            if (Reached.ContainsKey(path))
            {
                return true;
            }
        }

        return false;
    }
}
