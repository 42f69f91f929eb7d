using System;
using System.Collections.Generic;
using System.IO;

namespace CheckpointBuild.Tasks.Checkpoints;

/// <summary>Patterns of folders. MSBuild expands wildcards to files alone, so a pattern reaches the tasks in one of two forms: each match's own configuration file, or the pattern itself with its asterisk escaped (<c>%2A</c>).</summary>
internal static class CheckpointPattern
{
    // A file that stands for the folder that it lies in: nobody builds an engine from it alone.
    private static readonly string[] FolderMarks = ["config.json", "params.json", "model.safetensors.index.json", "pytorch_model.bin.index.json"];

    private static readonly string[] WeightEndings = [".safetensors", ".gguf", ".bin", ".pt", ".pth"];

    private static readonly char[] Wildcards = ['*', '?'];

    /// <summary>Whether a path is a pattern, and not the name of something that is there.</summary>
    internal static bool IsPattern(string path) => path.IndexOfAny(Wildcards) >= 0 && !Directory.Exists(path) && !File.Exists(path);

    /// <summary>The folder that a configuration file stands for; the path itself for everything else.</summary>
    internal static string FolderOf(string path) => Array.IndexOf(FolderMarks, Path.GetFileName(path)) >= 0 && File.Exists(path) ? Path.GetDirectoryName(path) : path;

    /// <summary>Whether a file is one of weights, by its name.</summary>
    internal static bool HasWeightEnding(string path) => Array.Exists(WeightEndings, ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>Every folder that a pattern matches and that holds a configuration or weights, sorted.</summary>
    internal static List<string> Expand(string pattern)
    {
        List<string> folders = [Path.GetPathRoot(pattern)];
        foreach (string segment in pattern.Substring(folders[0].Length).Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries))
        {
            List<string> deeper = [];
            foreach (string folder in folders)
            {
                if (segment.IndexOfAny(Wildcards) >= 0)
                {
                    deeper.AddRange(Directory.GetDirectories(folder, segment));
                }
                else if (Directory.Exists(Path.Combine(folder, segment)))
                {
                    deeper.Add(Path.Combine(folder, segment));
                }
            }

            folders = deeper;
        }

        folders.RemoveAll(folder => !IsCheckpoint(folder));
        folders.Sort(StringComparer.Ordinal);
        return folders;
    }

    private static bool IsCheckpoint(string folder)
    {
        foreach (string path in Directory.GetFiles(folder))
        {
            if (Array.IndexOf(FolderMarks, Path.GetFileName(path)) >= 0 || HasWeightEnding(path))
            {
                return true;
            }
        }

        return false;
    }
}
