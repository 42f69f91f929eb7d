using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using CheckpointBuild.Building;
using CheckpointBuild.Diagnostics;

namespace CheckpointBuild.Tool.Worker;

/// <summary>One checkpoint of a request.</summary>
/// <param name="Source">Its full path.</param>
/// <param name="EngineName">What the product is called; null = as the checkpoint.</param>
/// <param name="Name">The checkpoint's name where its path does not tell it: a product of another task lies under its key; null = as the path.</param>
/// <param name="Metadata">The item's metadata that are not empty.</param>
internal sealed record WorkerItem(string Source, string? EngineName, string? Name, ImmutableSortedDictionary<string, string> Metadata)
{
    // What the targets do with the product; none of it shapes its bytes.
    private static readonly string[] ForTheTargets = ["OutputSubdirectory", "CopyToOutput", "CopyToPublish", "Pack", "PackagePath", "Workers"];

    /// <summary>Threads that build; null where the item does not say.</summary>
    /// <exception cref="CheckpointException">CKPT9001 for what is no number above 0.</exception>
    public int? Workers => Metadata.TryGetValue("Workers", out string? value) ? ParseThreads("workers", value) : null;

    /// <summary>Reads a number of threads.</summary>
    /// <param name="option">Where it stands, for the message.</param>
    /// <param name="value">The text.</param>
    /// <returns>The number, at least 1.</returns>
    /// <exception cref="CheckpointException">CKPT9001 for what is no number above 0.</exception>
    public static int ParseThreads(string option, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int threads) && threads > 0 ? threads : throw Errors.UnknownOptionValue(option, value, "a build", ["a number from 1"]);

    /// <summary>Revision, version and files of a model that is named, whether they are kept, and the adapters.</summary>
    public Recipe Where => Metadata.TryGetValue("KeepSource", out string? keep) ? RecipeField.Find("KeepSource")!.Set(Place, keep) : Place;

    private Recipe Place => new() { Engine = "", Adapter = AdapterChoice.ParseList(Metadata.GetValueOrDefault("Adapter") ?? ""), Revision = Metadata.GetValueOrDefault("Revision"), Version = Metadata.GetValueOrDefault("Version"), Files = Metadata.GetValueOrDefault("Files") };

    /// <summary>The recipe that the metadata mean.</summary>
    /// <param name="task">The task that asks; <c>QuantizeModel</c> alone needs no engine, GGUF is what follows from a GGUF type.</param>
    /// <returns>The recipe.</returns>
    /// <exception cref="CheckpointException">CKPT9001 for a value that is not possible, CKPT9002 for a choice that this version does not offer, CKPT9003 when the task's own choice is missing.</exception>
    public Recipe ToRecipe(string task)
    {
        string required = task == "QuantizeModel" ? "Quantization" : "Engine";
        if (!Metadata.ContainsKey(required))
        {
            throw Errors.BadRequest("request", $"{task} without {required} for '{Source}'");
        }

        var recipe = new Recipe { Engine = "gguf", EngineName = EngineName };
        foreach ((string name, string value) in Metadata.Where(m => !ForTheTargets.Contains(m.Key, StringComparer.OrdinalIgnoreCase)))
        {
            recipe = (RecipeField.Find(name) ?? throw Errors.NotOffered(name, value)).Set(recipe, value);
        }

        return recipe;
    }
}
