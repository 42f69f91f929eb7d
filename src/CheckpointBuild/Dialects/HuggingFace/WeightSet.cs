using System;
using System.Collections.Immutable;
using System.Linq;
using System.Text.RegularExpressions;

namespace CheckpointBuild.Dialects.HuggingFace;

/// <summary>One way in which a folder may hold its weights.</summary>
/// <param name="Single">The name where one file holds all.</param>
/// <param name="Extension">How the names of shards end.</param>
/// <param name="Beginnings">How they may begin.</param>
internal sealed partial record WeightSet(string Single, string Extension, ImmutableArray<string> Beginnings)
{
    private const int NumberLength = 20;

    /// <summary>The name of the index of several shards.</summary>
    public string Index => Single + ".index.json";

    /// <summary>Whether a file may be one of the set; adapters lie beside weights and are none.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>True when it may.</returns>
    public bool Holds(string name) => name.EndsWith(Extension, StringComparison.Ordinal) && !name.StartsWith("adapter", StringComparison.Ordinal)
        && Beginnings.Any(b => name.StartsWith(b, StringComparison.Ordinal));

    /// <summary>What orders shards by their numbers, whether these are filled up with zeros or not.</summary>
    /// <param name="name">A file's name.</param>
    /// <returns>The name with every number of the same length.</returns>
    public static string SortKey(string name) => Number().Replace(name, number => number.Value.PadLeft(NumberLength, '0'));

    [GeneratedRegex("[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
