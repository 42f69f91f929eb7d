using CheckpointBuild.Tensors;

namespace CheckpointBuild.Tests.Infrastructure;

/// <summary>Reads whole tensors for comparison.</summary>
internal static class TensorValues
{
    /// <summary>The bytes of a tensor of one plane.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <returns>All rows.</returns>
    public static byte[] Bytes(Tensor tensor)
    {
        using var workspace = new Workspace();
        using Band band = tensor.ReadBand(new RowRange(0, (int)tensor.Rows), workspace);
        return band.Codes.ToArray();
    }
}
