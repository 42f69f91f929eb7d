using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;

namespace CheckpointBuild.Tasks.States;

/// <summary>The names, sizes and times of what runs: the tool's assemblies and the plug-ins that it loads.</summary>
internal static class ToolStamps
{
    /// <summary>What a plug-in's folder holds that may be loaded.</summary>
    private static readonly string[] Loadable = ["*.dll", "*.so", "*.dylib", "*.deps.json"];

    /// <summary>Walks the folders of the tool and the plug-ins; opens no file.</summary>
    /// <param name="tool">Full path of the tool.</param>
    /// <param name="plugins">Full paths of plug-ins: assemblies, or folders that hold one each.</param>
    /// <returns>One line per file: <c>tool</c> or <c>plugin</c>, name, size in bytes, last write in UTC ticks.</returns>
    internal static string Of(string tool, IReadOnlyList<string> plugins)
    {
        StringBuilder text = new();

        // The tool is its assemblies: one of them may change while ckpt.dll itself stays as it was.
        text.Append(TabbedLine.Join("tool", tool)).Append('\n');
        Append(text, "tool", Path.GetDirectoryName(tool), string.Empty, ["*.dll"], SearchOption.TopDirectoryOnly);
        foreach (string plugin in plugins)
        {
            text.Append(TabbedLine.Join("plugin", plugin)).Append('\n');
            string folder = Directory.Exists(plugin) ? plugin : Path.GetDirectoryName(plugin);
            Append(text, "plugin", folder, plugin + ": ", Loadable, SearchOption.TopDirectoryOnly);
            Append(text, "plugin", Path.Combine(folder, "runtimes"), plugin + ": ", Loadable, SearchOption.AllDirectories);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string kind, string folder, string prefix, string[] patterns, SearchOption depth)
    {
        foreach (string pattern in patterns)
        {
            string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, pattern, depth) : [];
            Array.Sort(files, StringComparer.Ordinal);
            foreach (string path in files)
            {
                FileInfo file = new(path);
                text.Append(TabbedLine.Join(kind, prefix + file.Name, Number(file.Length), Number(file.LastWriteTimeUtc.Ticks))).Append('\n');
            }
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
