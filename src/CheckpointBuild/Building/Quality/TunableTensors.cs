using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Dialects;
using CheckpointBuild.Dialects.LlamaCpp;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building.Quality;

/// <summary>Which tensors of a GGUF file may get which types.</summary>
internal static class TunableTensors
{
    // Those that are worth their bytes for some model; what needs an importance matrix stands apart.
    private static readonly string[] Candidates = ["Q2_K", "IQ3_S", "Q3_K", "IQ4_XS", "IQ4_NL", "Q4_0", "Q4_1", "Q4_K", "Q5_0", "Q5_1", "Q5_K", "Q6_K", "Q8_0", "F16"];
    private static readonly string[] ByImportance = ["IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS"];

    /// <summary>Lists them in the file's order.</summary>
    /// <param name="checkpoint">The model.</param>
    /// <param name="plan">The files of any quantized kind.</param>
    /// <param name="recipe">What the user fixed: types by pattern, of the head, of the embedding.</param>
    /// <param name="importance">How much columns count, where that is known.</param>
    /// <returns>The tensors whose types are open.</returns>
    public static ImmutableArray<TunableTensor> Of(Checkpoint checkpoint, DirectoryPlan plan, Recipe recipe, ImportanceMatrix? importance)
    {
        Dictionary<string, StoredTensor> stored = StoredOf(checkpoint);
        return
        [
            .. from tensor in plan.Files.SelectMany(f => f.Slots).Where(s => s.Plane == 0).Select(s => s.Tensor)
               where !GgufMix.Keeps(tensor.Name, tensor.Shape.Rank) && tensor.DType.HasValues && !IsFixed(recipe, tensor.Name, stored) && stored.ContainsKey(tensor.Name)
               let types = TypesOf(tensor, importance)
               where types.Length > 1
               select new TunableTensor(tensor.Name, tensor.Shape, stored[tensor.Name].Roles, types),
        ];
    }

    /// <summary>The other tensors of a plan that the model has: their types are fixed, by the user or because one alone fits.</summary>
    /// <param name="checkpoint">The model.</param>
    /// <param name="plan">The files.</param>
    /// <param name="open">The tensors whose types are open.</param>
    /// <returns>Each with its type in the plan.</returns>
    public static IEnumerable<(TunableTensor Tensor, DType Type)> Others(Checkpoint checkpoint, DirectoryPlan plan, ImmutableArray<TunableTensor> open)
    {
        HashSet<string> known = [.. open.Select(t => t.Name)];
        Dictionary<string, StoredTensor> stored = StoredOf(checkpoint);
        return from tensor in plan.Files.SelectMany(f => f.Slots).Where(s => s.Plane == 0).Select(s => s.Tensor)
               where tensor.DType.IsQuantized && !known.Contains(tensor.Name) && stored.ContainsKey(tensor.Name)
               select (new TunableTensor(tensor.Name, tensor.Shape, stored[tensor.Name].Roles, [tensor.DType]), tensor.DType);
    }

    private static Dictionary<string, StoredTensor> StoredOf(Checkpoint checkpoint) => GgufArchitecture.NamingOf(checkpoint.Family).TensorsOf(checkpoint.Config)
        .Where(t => t.Roles.All(role => checkpoint.Tensors.TryGet(role, out _)))
        .ToDictionary(t => t.Name, StringComparer.Ordinal);

    private static bool IsFixed(Recipe recipe, string name, Dictionary<string, StoredTensor> stored) =>
        (recipe.TokenEmbeddingType is not null && name == "token_embd.weight")
        || (recipe.OutputTensorType is not null && (name == "output.weight" || (name == "token_embd.weight" && !stored.ContainsKey("output.weight"))))
        || recipe.TensorTypes.Any(rule => rule.Matches(name));

    private static ImmutableArray<DType> TypesOf(Tensor tensor, ImportanceMatrix? importance)
    {
        bool hasImportance = importance is not null && importance.TryGet(tensor.Name, out _);
        return
        [
            .. (hasImportance ? Candidates.Concat(ByImportance) : Candidates)
                .Select(name => DType.TryParse(name, out DType? type) && type.Fits(tensor.Shape.Columns) ? type : null)
                .OfType<DType>()
                .OrderBy(type => (double)type.BlockBytes / type.BlockLength).ThenBy(type => type.Name, StringComparer.Ordinal),
        ];
    }
}
