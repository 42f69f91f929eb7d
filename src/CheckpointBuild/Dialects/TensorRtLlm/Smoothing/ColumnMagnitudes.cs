using System;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Smoothing;

/// <summary>The largest magnitude of each column over several matrices with the same inputs: one row.</summary>
/// <param name="Matrices">The matrices [out, in].</param>
internal sealed record ColumnMagnitudes(ImmutableArray<Tensor> Matrices) : Tensor(Matrices[0].Name, DType.F32, new Shape(Matrices[0].Shape.Columns))
{
    private const int RunBytes = 1 << 20;

    /// <inheritdoc/>
    public override string Derivation => $"columns' magnitudes({string.Join(", ", Matrices.Select(m => m.Derivation))})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => Matrices;

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        Span<float> largest = MemoryMarshal.Cast<byte, float>(destination.Codes);
        largest.Clear();
        using Band values = workspace.Lend(checked(Columns * sizeof(float)));
        Span<float> row = MemoryMarshal.Cast<byte, float>(values.Codes)[..Columns];
        foreach (Tensor matrix in Matrices)
        {
            int bytes = checked((int)matrix.RowBytes(0)), run = Math.Max(1, RunBytes / Math.Max(1, bytes));
            for (long start = 0; start < matrix.Rows; start += run)
            {
                int count = (int)Math.Min(run, matrix.Rows - start);
                using Band band = matrix.ReadBand(new RowRange(start, count), workspace);
                for (int i = 0; i < count; i++)
                {
                    matrix.DType.Decode(new Planes(band.Codes.Slice(i * bytes, bytes)), Columns, row);
                    for (int column = 0; column < row.Length; column++)
                    {
                        largest[column] = MathF.Max(largest[column], MathF.Abs(row[column]));
                    }
                }
            }
        }
    }

    /// <inheritdoc/>
    public bool Equals(ColumnMagnitudes? other) => base.Equals(other) && Matrices.SequenceEqual(other.Matrices);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Shape, Matrices.Length);
}
