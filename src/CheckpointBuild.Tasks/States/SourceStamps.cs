using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using CheckpointBuild.Tasks.Checkpoints;
using CheckpointBuild.Tasks.Placing;

namespace CheckpointBuild.Tasks.States;

/// <summary>The names, sizes and times of every file that an engine is made from: the first, free level of the up-to-date check.</summary>
internal sealed class SourceStamps
{
    // The one named file that others belong to: factors bring their settings. A text, a matrix or a table stands alone.
    private const string WithNeighbours = "Adapter";

    // Written below obj and bin by every build, and by editors.
    private static readonly string[] BuildFolders = ["bin", "obj"];

    private static readonly string[] SourceEndings = [".cs", ".fs", ".vb", ".razor", ".cshtml", ".resx", ".user", ".sln", ".slnx", ".props", ".targets", ".csproj", ".fsproj", ".vbproj"];

    private SourceStamps(string text, long bytes)
    {
        Text = text;
        Bytes = bytes;
    }

    /// <summary>One line per file, sorted: <c>input</c>, path, size in bytes, last write in UTC ticks.</summary>
    internal string Text { get; }

    /// <summary>Size of all files, in bytes.</summary>
    internal long Bytes { get; }

    /// <summary>Walks the checkpoint and whatever its metadata name; opens no file.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="folder">The folder that relative paths in metadata start from.</param>
    /// <param name="lockFile">Full path of the file that says what named checkpoints are.</param>
    /// <param name="assetsFile">Full path of what the project's own restore chose: versions of packages that an item names without one; empty for none.</param>
    internal static SourceStamps Of(CheckpointItem checkpoint, string folder, string lockFile, string assetsFile)
    {
        List<string> lines = [];
        long bytes = 0;
        if (checkpoint.IsNamed)
        {
            // By content: a checkout gives the same file another time.
            lines.Add(TabbedLine.Join("input", Path.GetFileName(lockFile), File.Exists(lockFile) ? Sha256Text.OfFile(lockFile) : "none"));
        }

        foreach (string package in checkpoint.Packages)
        {
            lines.Add(TabbedLine.Join("input", "nuget:" + package, Sha256Text.OfText(RestoredText(package, assetsFile))));
        }

        Stamp(checkpoint.Source, string.Empty, SkippedFiles(checkpoint), lines, ref bytes);
        foreach (KeyValuePair<string, string> pair in checkpoint.Metadata)
        {
            if (Contains(CheckpointMetadata.Paths, pair.Key))
            {
                foreach (string piece in pair.Value.Split(';'))
                {
                    StampNamed(pair.Key, piece.Trim(), folder, lines, ref bytes);
                }
            }
        }

        lines.Sort(StringComparer.Ordinal);
        StringBuilder text = new();
        foreach (string line in lines)
        {
            text.Append(line).Append('\n');
        }

        return new SourceStamps(text.ToString(), bytes);
    }

    // What restore writes of a package, wherever it stands; only whether it changed is asked.
    private static string RestoredText(string package, string assetsFile)
    {
        if (!File.Exists(assetsFile))
        {
            return string.Empty;
        }

        string[] lines = File.ReadAllLines(assetsFile);
        StringBuilder text = new();
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].IndexOf('"' + package + '"', StringComparison.OrdinalIgnoreCase) >= 0 || lines[i].IndexOf('"' + package + "/", StringComparison.OrdinalIgnoreCase) >= 0)
            {
                // Of a download the version stands behind the name.
                text.Append(lines[i].Trim()).Append(lines[i].Contains("\"name\"") && i + 1 < lines.Length ? lines[i + 1].Trim() : string.Empty).Append('\n');
            }
        }

        return text.ToString();
    }

    private static void StampNamed(string name, string piece, string folder, List<string> lines, ref long bytes)
    {
        if (piece.Length == 0)
        {
            return;
        }

        int at = piece.LastIndexOf('@');
        string path = at > 0 && double.TryParse(piece.Substring(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? piece.Substring(0, at) : piece;
        path = path.Replace("%40", "@");
        if (path.IndexOf('\0') >= 0)
        {
            return;
        }

        string full = Path.GetFullPath(Path.Combine(folder, path));
        if (!name.Equals(WithNeighbours, StringComparison.Ordinal) && File.Exists(full))
        {
            StampFile(new FileInfo(full), path + "/", lines, ref bytes);
            return;
        }

        Stamp(full, path + "/", [], lines, ref bytes);
    }

    private static void Stamp(string path, string prefix, string[] skippedFiles, List<string> lines, ref long bytes)
    {
        if (Directory.Exists(path))
        {
            StampFolder(new DirectoryInfo(path), prefix, true, skippedFiles, lines, ref bytes);
        }
        else if (File.Exists(path))
        {
            // One weights file brings its neighbours: configuration, tokenizer, the other parts of a split set.
            StampFolder(new DirectoryInfo(Path.GetDirectoryName(path)), prefix, false, skippedFiles, lines, ref bytes);
        }
    }

    private static void StampFolder(DirectoryInfo folder, string prefix, bool deep, string[] skippedFiles, List<string> lines, ref long bytes)
    {
        FileSystemInfo[] entries = folder.GetFileSystemInfos();
        bool isProject = IsProject(entries);
        foreach (FileSystemInfo entry in entries)
        {
            // Hidden entries are the version control's and the downloader's own and change without the model.
            if (entry.Name[0] == '.')
            {
                continue;
            }

            if (entry is FileInfo file)
            {
                if (!isProject || !IsOneOf(skippedFiles, file.Extension))
                {
                    StampFile(file, prefix, lines, ref bytes);
                }
            }
            else if (deep && entry is DirectoryInfo inner && !LinkTarget.IsLink(inner) && !IsOfABuild(inner, isProject))
            {
                StampFolder(inner, prefix + inner.Name + "/", true, skippedFiles, lines, ref bytes);
            }
        }
    }

    private static void StampFile(FileInfo file, string prefix, List<string> lines, ref long bytes)
    {
        FileInfo target = LinkTarget.Resolve(file);
        long size = target.Exists ? target.Length : -1;
        bytes += Math.Max(0, size);
        lines.Add(TabbedLine.Join("input", prefix + file.Name, Number(size), Number(size < 0 ? 0 : target.LastWriteTimeUtc.Ticks)));
    }

    // A checkpoint may lie in a project's folder, or hold projects: what builds write there is no part of it, and with one folder for all artifacts those lie side by side.
    private static bool IsOfABuild(DirectoryInfo folder, bool besideProject) =>
        (besideProject && IsOneOf(BuildFolders, folder.Name))
        || (folder.Name.Equals("artifacts", StringComparison.OrdinalIgnoreCase) && Array.Exists(BuildFolders, name => Directory.Exists(Path.Combine(folder.FullName, name))))
        || IsProject(folder.GetFileSystemInfos("*proj"));

    private static bool IsProject(FileSystemInfo[] entries) =>
        Array.Exists(entries, entry => entry is FileInfo && entry.Extension.EndsWith("proj", StringComparison.OrdinalIgnoreCase));

    // One-file engines carry no other file along, so that a project's sources change nothing in them.
    private static string[] SkippedFiles(CheckpointItem checkpoint) =>
        CheckpointMetadata.Of(checkpoint.Item, "Engine").Equals("gguf", StringComparison.OrdinalIgnoreCase) ? SourceEndings : [];

    private static bool IsOneOf(string[] names, string name) => Array.Exists(names, candidate => candidate.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static bool Contains(IReadOnlyList<string> names, string name)
    {
        foreach (string candidate in names)
        {
            if (candidate.Equals(name, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
