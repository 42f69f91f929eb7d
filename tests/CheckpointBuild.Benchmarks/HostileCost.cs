using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace CheckpointBuild.Benchmarks;

/// <summary>What files that were made to do harm cost: <c>ckpt inspect</c> of each, as a whole process, its start included.</summary>
internal static class HostileCost
{
    /// <summary>Measures every file below a folder and prints the slowest and the largest.</summary>
    /// <param name="folder">For instance the hostile files of <c>golden/torch-containers</c>.</param>
    public static void Run(string folder)
    {
        string tool = Path.Combine(AppContext.BaseDirectory, "ckpt");
        (string Name, MeasuredProcess Run)[] runs =
        [
            .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(f => Path.GetExtension(f) is not (".json" or ".md")).Order(StringComparer.Ordinal)
                .Select(f => (Path.GetRelativePath(folder, f), MeasuredProcess.RunToAnyEnd(tool, "inspect", f))),
        ];
        (string slowest, MeasuredProcess slow) = runs.MaxBy(r => r.Run.Seconds);
        (string largest, MeasuredProcess large) = runs.MaxBy(r => r.Run.PeakBytes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{runs.Length} hostile files: the slowest {slow.Seconds:F2} s ({slowest}; required 1), the largest {large.PeakBytes / 1048576.0:F0} MiB resident ({largest}; required 100)"));
    }
}
