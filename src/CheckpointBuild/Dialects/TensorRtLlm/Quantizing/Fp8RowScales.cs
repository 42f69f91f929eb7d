using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.TensorRtLlm.Quantizing;

/// <summary>The scale of each row of a matrix of eight-bit floats, float32: a column.</summary>
/// <param name="Source">The matrix [out, in].</param>
internal sealed record Fp8RowScales(Tensor Source) : Tensor(Source.Name, DType.F32, new Shape(Source.Rows, 1))
{
    private const int RunBytes = 256 << 10;

    // No row is scaled up by more than its span's 512th part of the type's.
    private const float Smallest = 1f / (Float8.Largest * 512f);

    /// <inheritdoc/>
    public override string Derivation => $"scales(float8, {Source.Derivation})";

    /// <inheritdoc/>
    public override ImmutableArray<Tensor> Sources => [Source];

    /// <summary>The scale of numbers.</summary>
    /// <param name="values">The numbers of a row.</param>
    /// <returns>Their largest magnitude over the type's, held from below.</returns>
    public static float ScaleOf(ReadOnlySpan<float> values) => MathF.Max(BitConverter.UInt32BitsToSingle(Magnitude.Largest(values)) / Float8.Largest, Smallest);

    /// <inheritdoc/>
    public override void Read(RowRange rows, Planes destination, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        int columns = Source.Columns, bytes = checked((int)Source.RowBytes(0));
        using Band values = workspace.Lend(checked(columns * sizeof(float)));
        Span<float> row = MemoryMarshal.Cast<byte, float>(values.Codes)[..columns];
        Span<float> scales = MemoryMarshal.Cast<byte, float>(destination.Codes);
        int run = Math.Max(1, RunBytes / Math.Max(1, bytes));
        for (int done = 0; done < rows.Count; done += run)
        {
            int count = Math.Min(run, rows.Count - done);
            using Band band = Source.ReadBand(new RowRange(rows.Start + done, count), workspace);
            for (int i = 0; i < count; i++)
            {
                Source.DType.Decode(new Planes(band.Codes.Slice(i * bytes, bytes)), columns, row);
                scales[done + i] = ScaleOf(row);
            }
        }
    }
}
