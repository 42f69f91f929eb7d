using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Tests.HouseTests;

/// <summary>Who may import whom: imports point down. A room may import the rooms named here and whatever those may import.</summary>
internal static class Layers
{
    private static readonly FrozenDictionary<string, string[]> Named = new Dictionary<string, string[]>
    {
        // Layer 7.
        ["Tool"] = ["Runtime", "TorchSharp", "Building", "Acquisition", "Vendors"],
        ["Tasks"] = [],

        // Layer 6.
        ["Runtime"] = ["Building"],
        ["TorchSharp"] = ["Building"],

        // Layer 5.
        ["Building"] = ["Dialects", "Stages"],
        ["Acquisition"] = ["Formats"],
        ["Vendors"] = ["Dialects"],

        // Layer 4.
        ["Dialects"] = ["Formats", "Models", "Tokenizers", "Quantization"],
        ["Stages"] = ["Quantization", "Models"],

        // Layer 3.
        ["Formats"] = ["Tensors"],
        ["Quantization"] = ["Models"],

        // Layer 2. A checkpoint carries the description of its tokenizer.
        ["Models"] = ["Tensors", "Tokenizers"],
        ["Tokenizers"] = [],

        // Layer 1.
        ["Tensors"] = ["DTypes"],

        // Layer 0. Everyone may import Diagnostics.
        ["DTypes"] = [],
        ["Diagnostics"] = [],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every room.</summary>
    public static IEnumerable<string> Rooms => Named.Keys;

    /// <summary>Whether one room may import another.</summary>
    /// <param name="importer">The room that imports.</param>
    /// <param name="imported">The room that is imported.</param>
    /// <returns>True when the table allows it.</returns>
    public static bool Allow(string importer, string imported) =>
        importer == imported || (imported == "Diagnostics" && importer != "Tasks") || Named[importer].Any(below => Allow(below, imported));

    /// <summary>The room of a source file.</summary>
    /// <param name="path">Relative to the checkout, with '/': <c>src/CheckpointBuild/Tensors/Views/Stored.cs</c>.</param>
    /// <returns>The folder in the library, or the project; null for a file of the library that lies in no room.</returns>
    public static string? RoomOf(string path)
    {
        string[] parts = path.Split('/');
        string? room = parts[1] == "CheckpointBuild" ? (parts.Length > 3 ? parts[2] : null) : parts[1]["CheckpointBuild.".Length..];
        return room;
    }
}
