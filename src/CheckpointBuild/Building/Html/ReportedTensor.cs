namespace CheckpointBuild.Building.Html;

/// <summary>One tensor of a report, with what a page shows of it.</summary>
/// <param name="Name">Its name in the product.</param>
/// <param name="DType">Its dtype there.</param>
/// <param name="Shape">Its shape in words.</param>
/// <param name="Bytes">What it takes.</param>
/// <param name="Elements">How many numbers it holds.</param>
/// <param name="Derivation">Its ancestry.</param>
internal sealed record ReportedTensor(string Name, string DType, string Shape, long Bytes, long Elements, string Derivation)
{
    /// <summary>Bits a number takes.</summary>
    public double Bits => Elements > 0 ? 8.0 * Bytes / Elements : 0;
}
