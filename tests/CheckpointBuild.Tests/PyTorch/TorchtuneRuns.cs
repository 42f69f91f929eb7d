using System.IO;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.DTypes;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tests.Formats;
using CheckpointBuild.Tests.Golden;

namespace CheckpointBuild.Tests.PyTorch;

/// <summary>What went into a run of torchtune: out of the files that it left, or made up to its listing where they are not there.</summary>
internal static class TorchtuneRuns
{
    /// <summary>A dictionary out of a file.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="path">The file.</param>
    /// <returns>Its root, or null where there is no such file.</returns>
    public static PickleDictionary? Read(GoldenTopic topic, string path) =>
        topic.Has(path) ? (PickleDictionary)PyTorchFile.Read(new MemorySource(path, topic.ReadBytes(path))).Root! : null;

    /// <summary>Tensors of listed names, dtypes and shapes with made-up values.</summary>
    /// <param name="listing">The listing.</param>
    /// <returns>A dictionary.</returns>
    public static PickleDictionary MadeUp(JsonElement listing)
    {
        var made = new PickleDictionary(PickleDictionaryKind.Dictionary);
        foreach (JsonElement entry in listing.EnumerateArray())
        {
            string name = entry.GetProperty("name").GetString()!;
            DType dtype = TorchDTypes.Named(entry.GetProperty("dtype").GetString()!)!;
            made.Set(name, FormatSamples.Random(name, dtype, new Shape([.. entry.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64())])));
        }

        return made;
    }

    /// <summary>A dictionary of plain values.</summary>
    /// <param name="json">An object.</param>
    /// <returns>The same as Python has it.</returns>
    public static PickleDictionary Of(JsonElement json)
    {
        var made = new PickleDictionary(PickleDictionaryKind.Dictionary);
        foreach (JsonProperty property in json.EnumerateObject())
        {
            made.Set(property.Name, ValueOf(property.Value));
        }

        return made;
    }

    /// <summary>A state with the keys of a recipe's state added.</summary>
    /// <param name="state">Model and adapter.</param>
    /// <param name="recipe">The recipe's state, or null.</param>
    /// <param name="listing">Numbers that a case states of it, as the path and the value of each; or nothing.</param>
    /// <returns>The state.</returns>
    public static PickleDictionary With(this PickleDictionary state, PickleDictionary? recipe, JsonElement? listing = null)
    {
        foreach ((object? key, object? value) in recipe ?? new PickleDictionary(PickleDictionaryKind.Dictionary).Set("seed", 1L))
        {
            state.Set(key, value);
        }

        foreach (JsonElement value in listing?.GetProperty("values").EnumerateArray().Where(v => v.GetProperty("path").GetArrayLength() == 1 && v.GetProperty("type").GetString() == "int") ?? [])
        {
            state.Set(value.GetProperty("path")[0].GetString(), long.Parse(value.GetProperty("value").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
        }

        return state;
    }

    /// <summary>A listed file of a tree.</summary>
    /// <param name="tree">The files.</param>
    /// <param name="name">How its path ends.</param>
    /// <returns>The entry, or null.</returns>
    public static JsonElement? Find(JsonElement tree, string name) =>
        tree.EnumerateArray().Select(e => (JsonElement?)e).FirstOrDefault(e => Path.GetFileName(e!.Value.GetProperty("path").GetString()) == name);

    private static object? ValueOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
        JsonValueKind.Number when value.TryGetInt64(out long number) => number,
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.Array => new PickleSequence(PickleSequenceKind.List, value.EnumerateArray().Select(ValueOf)),
        JsonValueKind.Object => Of(value),
        _ => value.GetString(),
    };
}
