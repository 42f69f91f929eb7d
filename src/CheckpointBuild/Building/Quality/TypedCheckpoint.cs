using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Quantization;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Building.Quality;

/// <summary>A model as it would be with other types: rows are quantized one by one, so that a role by itself holds the numbers that it will have inside a file's tensor.</summary>
/// <param name="checkpoint">The model.</param>
/// <param name="intermediate">What weights are rounded to first; null = nothing, as of a GGUF file.</param>
/// <param name="importance">How much columns count, by the file's names; null = not known.</param>
internal sealed class TypedCheckpoint(Checkpoint checkpoint, DType? intermediate, ImportanceMatrix? importance)
{
    /// <summary>The model as it is.</summary>
    public Checkpoint Original => checkpoint;

    /// <summary>The matrices of a tensor in another type.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="type">The type.</param>
    /// <returns>A matrix for each role, and how much its columns count.</returns>
    public IEnumerable<(TensorRole Role, Tensor Matrix, ColumnWeights? Weights)> As(TunableTensor tensor, DType type)
    {
        int[] indices = [.. tensor.Roles.Select(r => r.Index).Distinct()];
        foreach (TensorRole role in tensor.Roles)
        {
            Tensor source = checkpoint.Tensors[role];
            Tensor rounded = intermediate is null || source.DType.IsQuantized ? source : Converted.Of(source, intermediate);
            ColumnWeights? weights = WeightsOf(tensor, Array.IndexOf(indices, role.Index), indices.Length, rounded);
            yield return (role, Converted.Of(rounded, type) is Converted converted && weights is not null ? converted with { Importance = weights } : Converted.Of(rounded, type), weights);
        }
    }

    /// <summary>The model with some tensors in other types.</summary>
    /// <param name="types">Tensors with their types.</param>
    /// <returns>The model; the others stay as they are.</returns>
    public Checkpoint With(IEnumerable<(TunableTensor Tensor, DType Type)> types)
    {
        var changed = types.SelectMany(t => As(t.Tensor, t.Type)).ToDictionary(t => t.Role, t => t.Matrix);
        return checkpoint with { Tensors = checkpoint.Tensors.Select((role, tensor) => changed.GetValueOrDefault(role, tensor)), Container = null };
    }

    private ColumnWeights? WeightsOf(TunableTensor tensor, int index, int count, Tensor matrix)
    {
        if (importance is null || !importance.TryGet(tensor.Name, out float[]? values))
        {
            return null;
        }

        // One matrix's numbers for all roles in it, or those of the role's own expert.
        int columns = matrix.Columns, place = values.Length == (long)columns * count ? index * columns : 0;
        return values.Length >= place + columns ? new ColumnWeights(values[place..(place + columns)], columns, matrix.Rows) : null;
    }
}
