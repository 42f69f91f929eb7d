namespace CheckpointBuild.Building;

/// <summary>How one tensor of a product came to be.</summary>
/// <param name="Name">Its name in the product.</param>
/// <param name="DType">Its dtype there.</param>
/// <param name="Shape">Its shape, outermost first.</param>
/// <param name="File">The file that it lies in.</param>
/// <param name="Derivation">Its ancestry, from the stored bytes outwards.</param>
public sealed record TensorReport(string Name, string DType, string Shape, string File, string Derivation)
{
    /// <summary>What it takes in its file, all planes together.</summary>
    public long Bytes { get; init; }
}
