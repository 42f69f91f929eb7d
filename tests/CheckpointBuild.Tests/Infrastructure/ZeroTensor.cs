using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Tests.Infrastructure;

/// <summary>A tensor of zeros of any shape, for plans that never read it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DType">Its dtype.</param>
/// <param name="Shape">Its shape.</param>
internal sealed record ZeroTensor(string Name, DType DType, Shape Shape) : Tensor(Name, DType, Shape)
{
    /// <inheritdoc/>
    public override string Derivation => "zeros";

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace) => destination.Codes.Clear();
}
