using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Exported;

/// <summary>One FP8 scale of a matrix: its largest magnitude over 448, 1 for zeros.</summary>
/// <param name="Source">The matrix.</param>
internal sealed record MatrixBound(Tensor Source) : Tensor(Source.Name, DType.F32, new Shape(1))
{
    private const int BandRows = 64;

    /// <inheritdoc/>
    public override string Derivation => $"bound({Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source];

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        using Band lent = workspace.Lend(checked(BandRows * Source.Columns * sizeof(float)));
        uint most = 0;
        for (long start = 0; start < Source.Rows; start += BandRows)
        {
            int count = (int)Math.Min(BandRows, Source.Rows - start);
            using Band band = Source.ReadBand(new RowRange(start, count), workspace);
            Span<float> values = MemoryMarshal.Cast<byte, float>(lent.Codes)[..(count * Source.Columns)];
            Source.DType.Decode(band.Planes, Source.Columns, values);
            most = Math.Max(most, Magnitude.Largest(values));
        }

        MemoryMarshal.Cast<byte, float>(destination.Codes)[0] = most == 0 ? 1 : BitConverter.UInt32BitsToSingle(most) / Float8.Largest;
    }
}
