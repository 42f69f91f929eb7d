using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Planning;

/// <summary>The projects behind what a user names: a project, a solution, a solution filter, or a folder with one of them.</summary>
internal static class ProjectList
{
    private static readonly string[] Solutions = [".slnx", ".sln"];

    /// <summary>Finds the projects.</summary>
    /// <param name="path">What the user named.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>Full paths, in the solution's order.</returns>
    /// <exception cref="CheckpointException">CKPT7080 when there is none, CKPT7081 when the solution cannot be read.</exception>
    public static IReadOnlyList<string> Of(string path, CancellationToken cancellation)
    {
        string file = Path.GetFullPath(Directory.Exists(path) ? InFolder(path) : path);
        string extension = Path.GetExtension(file);
        if (!File.Exists(file))
        {
            throw Errors.NoProject(file);
        }

        return extension.EndsWith("proj", StringComparison.OrdinalIgnoreCase) ? [file]
            : extension.Equals(".slnf", StringComparison.OrdinalIgnoreCase) ? OfFilter(file)
            : Solutions.Contains(extension, StringComparer.OrdinalIgnoreCase) ? OfSolution(file, cancellation)
            : throw Errors.NoProject(file);
    }

    private static string InFolder(string folder)
    {
        string[] files = Directory.GetFiles(folder);
        string[] solutions = [.. files.Where(f => Solutions.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase))];
        string[] projects = [.. files.Where(f => Path.GetExtension(f).EndsWith("proj", StringComparison.OrdinalIgnoreCase))];
        return solutions is [var solution] ? solution : projects is [var project] && solutions.Length == 0 ? project : throw Errors.NoProject(Path.GetFullPath(folder));
    }

    private static List<string> OfSolution(string file, CancellationToken cancellation)
    {
        string folder = Path.GetDirectoryName(file)!;
        (int exitCode, string output, string error) = DotNetCommand.Run(folder, ["sln", file, "list"], cancellation);
        return exitCode == 0 ? Projects(folder, output.Split('\n')) : throw Errors.PlanFailed(file, (error + output).Trim());
    }

    private static List<string> OfFilter(string file)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            JsonElement solution = document.RootElement.GetProperty("solution");
            string folder = Path.GetDirectoryName(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, Native(solution.GetProperty("path").GetString()!))))!;
            return Projects(folder, solution.GetProperty("projects").EnumerateArray().Select(p => p.GetString()!));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Errors.PlanFailed(file, e.Message);
        }
    }

    private static List<string> Projects(string folder, IEnumerable<string> lines) =>
        [.. lines.Select(l => l.Trim()).Where(l => l.EndsWith("proj", StringComparison.OrdinalIgnoreCase)).Select(l => Path.GetFullPath(Path.Combine(folder, Native(l))))];

    private static string Native(string path) => path.Replace('\\', Path.DirectorySeparatorChar);
}
