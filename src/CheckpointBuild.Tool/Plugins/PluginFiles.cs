using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Tool.Plugins;

/// <summary>The files of a plug-in: its assembly and whatever may be loaded with it.</summary>
/// <param name="Assembly">Full path of the assembly that names the entry.</param>
/// <param name="Entry">The entry.</param>
internal sealed record PluginFiles(string Assembly, PluginEntry Entry)
{
    private static readonly string[] Loadable = [".dll", ".so", ".dylib", ".deps.json"];

    /// <summary>Finds a plug-in.</summary>
    /// <param name="path">Its assembly, or a folder in which exactly one assembly names an entry.</param>
    /// <returns>Its files.</returns>
    /// <exception cref="CheckpointException">CKPT7200 when there is nothing of that name, CKPT7202 when no assembly or more than one names an entry.</exception>
    public static PluginFiles Find(string path)
    {
        string full = Path.GetFullPath(path);
        if (File.Exists(full))
        {
            return PluginEntry.Find(full) is { } entry ? new PluginFiles(full, entry) : throw Errors.PluginWithoutEntry(full, 0);
        }

        if (!Directory.Exists(full))
        {
            throw Errors.PluginNotFound(full);
        }

        PluginFiles[] found = [.. Directory.GetFiles(full, "*.dll").Order(StringComparer.Ordinal).Select(file => (File: file, Entry: PluginEntry.Find(file))).Where(f => f.Entry is not null).Select(f => new PluginFiles(f.File, f.Entry!))];
        return found is [var one] ? one : throw Errors.PluginWithoutEntry(full, found.Length);
    }

    /// <summary>Whether a plug-in is handed the tool's own assembly of a name: what passes between the two must be of one type.</summary>
    /// <param name="assembly">An assembly's simple name.</param>
    /// <returns>True for the library, the runtime and what their surface speaks of.</returns>
    public static bool AreShared(string assembly) => assembly is "CheckpointBuild" or "CheckpointBuild.Runtime" or "System.Numerics.Tensors";

    /// <summary>SHA-256 over names and bytes of everything in the plug-in's folder and below <c>runtimes</c> that can be loaded; what the tool shares with every plug-in is none of it.</summary>
    /// <returns>64 hex digits in lower case.</returns>
    public string Sha256()
    {
        var text = new StringBuilder();
        foreach (string name in Names())
        {
            text.Append(CultureInfo.InvariantCulture, $"{FileDigest.Sha256(Path.Combine(Folder, name), CancellationToken.None)} {name}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private string Folder => Path.GetDirectoryName(Assembly)!;

    private ImmutableArray<string> Names()
    {
        string natives = Path.Combine(Folder, "runtimes");
        IEnumerable<string> files = Directory.EnumerateFiles(Folder).Concat(Directory.Exists(natives) ? Directory.EnumerateFiles(natives, "*", SearchOption.AllDirectories) : []);
        return
        [
            .. files
                .Where(f => f == Assembly || (Array.Exists(Loadable, e => f.EndsWith(e, StringComparison.OrdinalIgnoreCase)) && !AreShared(Path.GetFileNameWithoutExtension(f))))
                .Select(f => Path.GetRelativePath(Folder, f).Replace('\\', '/'))
                .Order(StringComparer.Ordinal),
        ];
    }
}
