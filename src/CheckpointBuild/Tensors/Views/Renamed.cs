using System.Collections.Immutable;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>The same rows seen under another name or in another shape of as many rows.</summary>
/// <param name="Name">The new name.</param>
/// <param name="Shape">The new shape: equal rows and columns.</param>
/// <param name="Source">The rows.</param>
public sealed record Renamed(string Name, Shape Shape, Tensor Source) : Tensor(Name, Source.DType, Shape)
{
    /// <inheritdoc/>
    public override string Derivation => Source.Derivation;

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source];

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace) => Source.Read(rows, destination, workspace);

    /// <summary>Gives <paramref name="tensor"/> another name; a renamed tensor is not wrapped twice.</summary>
    /// <param name="tensor">The rows.</param>
    /// <param name="name">The new name.</param>
    /// <returns>The same rows under that name.</returns>
    public static Tensor Of(Tensor tensor, string name) => tensor switch
    {
        _ when tensor.Name == name => tensor,
        Renamed renamed => renamed with { Name = name },
        _ => new Renamed(name, tensor.Shape, tensor),
    };
}
