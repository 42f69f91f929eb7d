using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CheckpointBuild.Tokenizers;

namespace CheckpointBuild.Tests.Tokenizers;

/// <summary>Tokenizer folders for tests.</summary>
internal static class TokenizerSamples
{
    /// <summary>A folder on disk.</summary>
    /// <param name="path">Where it lies.</param>
    /// <returns>Its files.</returns>
    public static TokenizerFolder Folder(string path) => new(
        path,
        Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(path, f).Replace('\\', '/')),
        name => File.ReadAllBytes(Path.Combine(path, name)));

    /// <summary>A folder in memory.</summary>
    /// <param name="files">Names and texts.</param>
    /// <returns>Its files.</returns>
    public static TokenizerFolder Folder(params (string Name, string Text)[] files)
    {
        Dictionary<string, string> texts = files.ToDictionary(f => f.Name, f => f.Text, StringComparer.Ordinal);
        return new("model", texts.Keys, name => System.Text.Encoding.UTF8.GetBytes(texts[name]));
    }
}
