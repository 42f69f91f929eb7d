using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using CheckpointBuild.Tokenizers.Reading;

namespace CheckpointBuild.Tokenizers;

/// <summary>The files that a tokenizer is read from, wherever they lie.</summary>
/// <param name="name">What messages call the folder.</param>
/// <param name="names">The files' names below it, with '/'.</param>
/// <param name="open">Gives the bytes of one of them.</param>
public sealed class TokenizerFolder(string name, IEnumerable<string> names, Func<string, ReadOnlyMemory<byte>> open)
{
    private readonly Dictionary<string, JsonPart> _parsed = new(StringComparer.Ordinal);

    /// <summary>What messages call the folder.</summary>
    public string Name { get; } = name;

    /// <summary>The files' names, in ordinal order.</summary>
    public ImmutableArray<string> Names { get; } = [.. names.Order(StringComparer.Ordinal)];

    /// <summary>The names of the files that a tokenizer may be read from in a folder on disk: those right in it, and the chat templates below it.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The names, with '/'.</returns>
    public static IEnumerable<string> NamesIn(string folder)
    {
        string templates = Path.Combine(folder, ChatTemplateFiles.Folder);
        return Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f))
            .Concat(Directory.Exists(templates) ? Directory.EnumerateFiles(templates).Select(f => ChatTemplateFiles.Folder + Path.GetFileName(f)) : []);
    }

    /// <summary>Whether a file is there.</summary>
    /// <param name="file">Its name.</param>
    /// <returns>True when it is.</returns>
    public bool Has(string file) => Names.Contains(file, StringComparer.Ordinal);

    /// <summary>Reads a file.</summary>
    /// <param name="file">The name of one that is there.</param>
    /// <returns>Its bytes.</returns>
    public ReadOnlyMemory<byte> Open(string file) => open(file);

    /// <summary>Reads a JSON file once.</summary>
    /// <param name="file">Its name.</param>
    /// <returns>Its root; JSON's null where there is no such file.</returns>
    internal JsonPart Json(string file)
    {
        if (!_parsed.TryGetValue(file, out JsonPart root))
        {
            root = Has(file) ? JsonPart.Open(file, Open(file)) : new JsonPart(file, "", default);
            _parsed.Add(file, root);
        }

        return root;
    }
}
