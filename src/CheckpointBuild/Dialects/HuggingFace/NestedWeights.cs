using System;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.HuggingFace;

/// <summary>The weights of a training checkpoint: one file in which they stand in a dictionary of their own, beside an optimizer's state and counters.</summary>
/// <param name="Key">Where they stand.</param>
/// <param name="Tensors">They, by the names that they have there.</param>
/// <param name="Others">How many tensors and values stand beside them.</param>
internal sealed record NestedWeights(string Key, ImmutableArray<Tensor> Tensors, int Others)
{
    // What training programs call the model's part, the most telling first.
    private static readonly string[] Keys = ["state_dict", "model_state_dict", "model", "module"];

    // What they call the parts that hold tensors too and are none of the model's.
    private static readonly string[] NotTheModel = ["optim", "sched", "rng", "scaler", "ema", "grad"];
    private const int MostLevels = 8;

    /// <summary>Looks for weights in a dictionary of their own.</summary>
    /// <param name="file">What a PyTorch file holds.</param>
    /// <returns>They, or null where the file's own dictionary holds tensors, or none of its parts is known to be the model.</returns>
    public static NestedWeights? Find(PyTorchFile file)
    {
        if (file.Root is not PickleDictionary root || KeyIn(root, 0) is not { Length: > 0 } key)
        {
            return null;
        }

        string prefix = key + ".";
        ImmutableArray<Tensor> tensors = [.. file.Tensors.Where(t => t.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(t => Renamed.Of(t, t.Name[prefix.Length..]))];
        return new NestedWeights(key, tensors, file.Tensors.Count - tensors.Length + file.Values.Length);
    }

    // A part of a known name leads on, also beside tensors: losses and states of random numbers. The dictionary of tensors itself ends the way, and a part of any name leads on where no other could be meant.
    private static string? KeyIn(PickleDictionary dictionary, int level)
    {
        if (level == MostLevels)
        {
            return null;
        }

        (string Key, PickleDictionary Part)[] parts = [.. dictionary.Where(p => p is { Key: string, Value: PickleDictionary }).Select(p => ((string)p.Key!, (PickleDictionary)p.Value!))];
        foreach ((string key, PickleDictionary part) in Keys.SelectMany(k => parts.Where(p => p.Key == k)))
        {
            if (KeyIn(part, level + 1) is { } below)
            {
                return Join(key, below);
            }
        }

        if (dictionary.Any(p => p.Value is Tensor))
        {
            return "";
        }

        (string Key, string Below)[] unknown = [.. parts.Where(p => !Array.Exists(NotTheModel, o => p.Key.Contains(o, StringComparison.OrdinalIgnoreCase))).Select(p => (p.Key, Below: KeyIn(p.Part, level + 1)!)).Where(p => p.Below is not null)];
        return unknown is [var only] ? Join(only.Key, only.Below) : null;
    }

    private static string Join(string key, string below) => below.Length == 0 ? key : $"{key}.{below}";
}
