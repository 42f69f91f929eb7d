using System.Collections.Immutable;
using CheckpointBuild.DTypes;

namespace CheckpointBuild.Tensors.Views;

/// <summary>A matrix with some of its rows taken from another: embeddings of tokens that were trained by themselves.</summary>
/// <param name="Base">The matrix.</param>
/// <param name="Replacement">The new rows, [count, columns], in the matrix's dtype.</param>
/// <param name="Indices">Which row each of them is; a row that stands there twice has its last value.</param>
public sealed record ReplacedRows(Tensor Base, Tensor Replacement, ImmutableArray<long> Indices) : Tensor(Base.Name, Base.DType, Base.Shape)
{
    /// <inheritdoc/>
    public override string Derivation => $"replace({Base.Derivation}, {Indices.Length} rows of {Replacement.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Base, Replacement];

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        Base.Read(rows, destination, workspace);
        for (int i = 0; i < Indices.Length; i++)
        {
            if (Indices[i] >= rows.Start && Indices[i] < rows.End)
            {
                int bytes = checked((int)RowBytes(0));
                Replacement.Read(new RowRange(i, 1), new Planes(destination.Codes.Slice(checked((int)(Indices[i] - rows.Start) * bytes), bytes)), workspace);
            }
        }
    }
}
