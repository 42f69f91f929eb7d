using System.Collections.Immutable;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building.Quality;

/// <summary>A tensor of a GGUF file whose type is still to be chosen.</summary>
/// <param name="Name">What the file calls it.</param>
/// <param name="Shape">Its shape there.</param>
/// <param name="Roles">The roles that lie in it.</param>
/// <param name="Types">What it may become, the smallest first.</param>
internal sealed record TunableTensor(string Name, Shape Shape, ImmutableArray<TensorRole> Roles, ImmutableArray<DType> Types)
{
    /// <summary>What it takes as a type.</summary>
    /// <param name="type">The type.</param>
    /// <returns>Bytes.</returns>
    public long BytesAs(DType type) => checked(type.RowBytes(0, Shape.Columns) * Shape.Rows);
}
