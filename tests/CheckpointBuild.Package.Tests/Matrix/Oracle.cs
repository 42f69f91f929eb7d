using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using CheckpointBuild.Package.Tests.Package;

namespace CheckpointBuild.Package.Tests.Matrix;

/// <summary>What a build from scratch gives: the tool itself, on a copy of the checkpoint, without a store and without MSBuild.</summary>
public sealed partial class Oracle : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly ConcurrentDictionary<string, string> _known = new();
    private int _count;

    /// <summary>The hash of the engine of a checkpoint as it lies there now.</summary>
    /// <param name="checkpoint">Its folder.</param>
    /// <param name="name">What it is called; null = as its folder.</param>
    /// <param name="options">Attributes of an item.</param>
    public string Sha256(string checkpoint, string? name, string options)
    {
        name ??= Path.GetFileName(checkpoint);
        string contents = string.Join('|', Directory.GetFiles(checkpoint).Order(StringComparer.Ordinal).Where(File.Exists).Select(f => Path.GetFileName(f) + StrangerFolder.Sha256(f)));
        return _known.GetOrAdd($"{name}|{options}|{contents}", _ => Build(checkpoint, name, options));
    }

    public void Dispose() => _scratch.Dispose();

    private string Build(string checkpoint, string name, string options)
    {
        string folder = _scratch.Below(System.Threading.Interlocked.Increment(ref _count).ToString(System.Globalization.CultureInfo.InvariantCulture));
        string copy = Path.Combine(folder, name);
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.GetFiles(checkpoint).Where(File.Exists))
        {
            File.WriteAllBytes(Path.Combine(copy, Path.GetFileName(file)), File.ReadAllBytes(file));
        }

        string[] asked = [.. Attribute().Matches(options).SelectMany(m => new[] { "--" + m.Groups["name"].Value.ToLowerInvariant(), m.Groups["value"].Value })];
        new DotNet().Run(folder, ["exec", RepositoryPaths.Tool, "build", copy, "--engine", "gguf", "--output", Path.Combine(folder, "out"), .. asked]).Succeeded();
        return StrangerFolder.Sha256(Directory.GetFiles(Path.Combine(folder, "out"), "*.gguf").Single());
    }

    [GeneratedRegex("(?<name>Quantization|DType)=\"(?<value>[^\"]*)\"")]
    private static partial Regex Attribute();
}
