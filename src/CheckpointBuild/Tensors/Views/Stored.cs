using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>A tensor whose bytes lie in a file, row after row.</summary>
/// <param name="Name">Its name there.</param>
/// <param name="DType">A dtype with one plane.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Source">Where the bytes are; whoever opened it keeps it open.</param>
/// <param name="Offset">The first byte.</param>
public sealed record Stored(string Name, DType DType, Shape Shape, ByteSource Source, long Offset) : Tensor(Name, DType, Shape)
{
    /// <inheritdoc/>
    public override string Derivation => $"{System.IO.Path.GetFileName(Source.Name)}:{Name}";

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace) => Source.Read(Offset + PlaneBytes(0, rows.Start), destination.Codes);
}
