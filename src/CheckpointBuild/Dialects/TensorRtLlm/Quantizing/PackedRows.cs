using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>A run of rows of a packed matrix.</summary>
/// <param name="Matrix">The matrix.</param>
/// <param name="Rows">The rows.</param>
internal sealed record PackedRows(PackedMatrix Matrix, RowSlice Rows)
{
    /// <summary>Bits of an integer.</summary>
    public int Bits => Matrix.Form.Bits;
}
