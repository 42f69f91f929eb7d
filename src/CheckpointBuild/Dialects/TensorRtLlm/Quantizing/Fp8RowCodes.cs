using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>A matrix as eight-bit floats with one scale a row.</summary>
/// <param name="Source">The matrix [out, in].</param>
internal sealed record Fp8RowCodes(Tensor Source) : Tensor(Source.Name, DType.F8E4M3, Source.Shape)
{
    /// <inheritdoc/>
    public override string Derivation => $"float8({Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source];

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        int columns = Source.Columns, bytes = checked((int)Source.RowBytes(0));
        using Band values = workspace.Lend(checked(columns * sizeof(float)));
        Span<float> row = MemoryMarshal.Cast<byte, float>(values.Codes)[..columns];
        using Band band = Source.ReadBand(rows, workspace);
        for (int i = 0; i < rows.Count; i++)
        {
            Source.DType.Decode(new Planes(band.Codes.Slice(i * bytes, bytes)), columns, row);
            float scale = Fp8RowScales.ScaleOf(row);
            Span<byte> codes = destination.Codes.Slice(i * columns, columns);
            for (int column = 0; column < columns; column++)
            {
                codes[column] = Float8.Encode(row[column] / scale);
            }
        }
    }
}
