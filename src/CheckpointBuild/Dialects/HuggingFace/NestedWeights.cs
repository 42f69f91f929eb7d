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

    /// <summary>Looks for weights in a dictionary of their own.</summary>
    /// <param name="file">What a PyTorch file holds.</param>
    /// <returns>They, or null where the file's own dictionary holds tensors, or none of its parts is known to be the model.</returns>
    public static NestedWeights? Find(PyTorchFile file)
    {
        if (file.Root is not PickleDictionary root || root.Any(p => p.Value is Tensor) || Array.Find(Keys, k => root.TryGet(k, out PickleDictionary? part) && part.Any(p => p.Value is Tensor)) is not { } key)
        {
            return null;
        }

        string prefix = key + ".";
        ImmutableArray<Tensor> tensors = [.. file.Tensors.Where(t => t.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(t => Renamed.Of(t, t.Name[prefix.Length..]))];
        return new NestedWeights(key, tensors, file.Tensors.Count - tensors.Length + file.Values.Length);
    }
}
