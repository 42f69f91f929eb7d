using System;
using System.Collections.Generic;
using System.Collections.Immutable;
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
