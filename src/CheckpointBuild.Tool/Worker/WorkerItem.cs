using System;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Worker;

/// <summary>One checkpoint of a request.</summary>
/// <param name="Source">Its full path.</param>
/// <param name="EngineName">What the product is called; null = as the checkpoint.</param>
/// <param name="Metadata">The item's metadata that are not empty.</param>
internal sealed record WorkerItem(string Source, string? EngineName, ImmutableSortedDictionary<string, string> Metadata)
{
    // What the targets do with the product; none of it shapes its bytes.
    private static readonly string[] ForTheTargets = ["OutputSubdirectory", "CopyToOutput", "CopyToPublish", "Pack", "PackagePath", "Workers"];

    /// <summary>The recipe that the metadata mean.</summary>
    /// <returns>The recipe.</returns>
    /// <exception cref="CheckpointException">CKPT9001 for a value that is not possible, CKPT9002 for a choice that this version does not offer.</exception>
    public Recipe ToRecipe()
    {
        var recipe = new Recipe { Engine = "gguf", EngineName = EngineName };
        foreach ((string name, string value) in Metadata.Where(m => !ForTheTargets.Contains(m.Key, StringComparer.OrdinalIgnoreCase)))
        {
            recipe = (RecipeField.Find(name) ?? throw Errors.NotOffered(name, value)).Set(recipe, value);
        }

        return recipe;
    }
}
