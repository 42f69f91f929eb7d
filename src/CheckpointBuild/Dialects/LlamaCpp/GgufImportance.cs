using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Formats;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.LlamaCpp;

/// <summary>Which entries an importance matrix of a model has, and how the file of one is laid out.</summary>
internal static class GgufImportance
{
    /// <summary>The matrices of a model's layers that a quantizer may touch, under the names that GGUF files give them.</summary>
    /// <param name="checkpoint">The model.</param>
    /// <returns>Each name with the roles whose inputs it weighs: one, or one for each expert. Roles that lie in one matrix have one input.</returns>
    public static IEnumerable<(string Name, ImmutableArray<TensorRole> Roles)> Entries(Checkpoint checkpoint)
    {
        if (checkpoint.Family.GgufArchitecture is null)
        {
            yield break;
        }

        foreach (StoredTensor stored in GgufArchitecture.NamingOf(checkpoint.Family).TensorsOf(checkpoint.Config))
        {
            TensorRole[] roles = [.. stored.Roles.Where(role => role.IsInLayer && checkpoint.Tensors.TryGet(role, out _))];
            if (roles.Length != stored.Roles.Length || GgufMix.Keeps(stored.Name, stored.Shape.Rank) || checkpoint.Config.ShapeOf(roles[0]).Columns != stored.Shape.Columns)
            {
                continue;
            }

            yield return (stored.Name, stored.IsStackOfExperts ? [.. roles.DistinctBy(role => role.Index)] : [roles[0]]);
        }
    }

    /// <summary>Lays out a file as <c>llama-imatrix</c> writes it, with means in place of sums and a count of 1.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="matrix">The numbers.</param>
    /// <returns>The file.</returns>
    public static FilePlan Plan(string path, ImportanceMatrix matrix)
    {
        var metadata = new Metadata()
            .Add("general.type", "imatrix")
            .Add("imatrix.datasets", new[] { matrix.Dataset ?? "" })
            .Add("imatrix.chunk_count", (uint)matrix.Chunks);
        var tensors = new List<Tensor>();
        foreach (string name in matrix.Names.Order(StringComparer.Ordinal))
        {
            if (matrix.TryGet(name, out float[]? values))
            {
                tensors.Add(new Computed(name + ".in_sum2", [.. values], "calibration"));
                tensors.Add(new Computed(name + ".counts", [1], "calibration"));
            }
        }

        return Format.Gguf.Plan(path, new TensorFile(new TensorTable(tensors), metadata));
    }
}
