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
    internal static SourceStamps Of(CheckpointItem checkpoint, string folder, string lockFile)
    {
        List<string> lines = [];
        long bytes = 0;
        if (checkpoint.IsNamed)
        {
            // By content: a checkout gives the same file another time.
            lines.Add(TabbedLine.Join("input", Path.GetFileName(lockFile), File.Exists(lockFile) ? Sha256Text.OfFile(lockFile) : "none"));
        }

        Stamp(checkpoint.Source, string.Empty, lines, ref bytes);
        foreach (KeyValuePair<string, string> pair in checkpoint.Metadata)
        {
            if (Contains(CheckpointMetadata.Paths, pair.Key))
            {
                foreach (string piece in pair.Value.Split(';'))
                {
                    StampNamed(piece.Trim(), folder, lines, ref bytes);
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

    private static void StampNamed(string piece, string folder, List<string> lines, ref long bytes)
    {
        if (piece.Length == 0)
        {
            return;
        }

        int at = piece.LastIndexOf('@');
        string path = at > 0 && double.TryParse(piece.Substring(at + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? piece.Substring(0, at) : piece;
        path = path.Replace("%40", "@");
        if (path.IndexOf('\0') < 0)
        {
            Stamp(Path.GetFullPath(Path.Combine(folder, path)), path + "/", lines, ref bytes);
        }
    }

    private static void Stamp(string path, string prefix, List<string> lines, ref long bytes)
    {
        if (Directory.Exists(path))
        {
            StampFolder(new DirectoryInfo(path), prefix, true, lines, ref bytes);
        }
        else if (File.Exists(path))
        {
            // One weights file brings its neighbours: configuration, tokenizer, the other parts of a split set.
            StampFolder(new DirectoryInfo(Path.GetDirectoryName(path)), prefix, false, lines, ref bytes);
        }
    }

    private static void StampFolder(DirectoryInfo folder, string prefix, bool deep, List<string> lines, ref long bytes)
    {
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos())
        {
            // Hidden entries are the version control's and the downloader's own and change without the model.
            if (entry.Name[0] == '.')
            {
                continue;
            }

            if (entry is FileInfo file)
            {
                FileInfo target = LinkTarget.Resolve(file);
                long size = target.Exists ? target.Length : -1;
                bytes += Math.Max(0, size);
                lines.Add(TabbedLine.Join("input", prefix + file.Name, Number(size), Number(size < 0 ? 0 : target.LastWriteTimeUtc.Ticks)));
            }
            else if (deep && entry is DirectoryInfo inner && !LinkTarget.IsLink(inner))
            {
                StampFolder(inner, prefix + inner.Name + "/", true, lines, ref bytes);
            }
        }
    }

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
