using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Exported;

/// <summary>Eight-bit integers with one scale a row, its largest magnitude over 127: the codes, or the scales.</summary>
/// <param name="Source">The matrix.</param>
/// <param name="IsScales">Whether this is the scales, float32 [rows, 1]; otherwise the codes, int8 [rows, columns].</param>
internal sealed record Int8Rows(Tensor Source, bool IsScales) : Tensor(Source.Name, IsScales ? DType.F32 : DType.I8, IsScales ? new Shape(Source.Rows, 1) : Source.Shape)
{
    private const float Most = 127, Least = -128;

    /// <inheritdoc/>
    public override string Derivation => $"{(IsScales ? "scales" : "int8")}({Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source];

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        int columns = Source.Columns, bytes = checked((int)Source.RowBytes(0));
        using Band lent = workspace.Lend(checked(columns * sizeof(float)));
        Span<float> row = MemoryMarshal.Cast<byte, float>(lent.Codes)[..columns];
        for (int i = 0; i < rows.Count; i++)
        {
            using Band band = Source.ReadBand(new RowRange(rows.Start + i, 1), workspace);
            Source.DType.Decode(new Planes(band.Codes[..bytes]), columns, row);
            uint largest = Magnitude.Largest(row);
            float scale = largest == 0 ? 1 : BitConverter.UInt32BitsToSingle(largest) / Most;
            if (IsScales)
            {
                MemoryMarshal.Cast<byte, float>(destination.Codes)[i] = scale;
                continue;
            }

            Span<byte> codes = destination.Codes.Slice(i * columns, columns);
            for (int column = 0; column < columns; column++)
            {
                codes[column] = (byte)(sbyte)Math.Clamp(MathF.Round(row[column] / scale), Least, Most);
            }
        }
    }
}
