using System;

namespace CheckpointBuild.Runtime.Kernels;

/// <summary>The kernel for every dtype that has none of its own: a few rows at a time are decoded to float32 and multiplied as such. The matrix stays as it is stored.</summary>
internal sealed unsafe class DecodedKernel : RowKernel
{
    /// <inheritdoc/>
    public override void Multiply(WeightMatrix matrix, long row, int count, float* input, float* output, float* scratch)
    {
        for (int done = 0; done < count; done += Tile.Rows)
        {
            int rows = Math.Min(Tile.Rows, count - done);
            Decode(matrix, row + done, rows, scratch);
            FormatKernel<Float32Rows>.Multiply((byte*)scratch, (nint)matrix.Columns * sizeof(float), rows, matrix.Columns, input, output + done);
        }
    }

    /// <inheritdoc/>
    public override void Expand(WeightMatrix matrix, long row, int count, float* tile, float* scratch)
    {
        Decode(matrix, row, count, scratch);
        FormatKernel<Float32Rows>.Expand((byte*)scratch, (nint)matrix.Columns * sizeof(float), count, matrix.Columns, tile);
    }

    private static void Decode(WeightMatrix matrix, long row, int count, float* scratch) =>
        matrix.Decode(row, count, new Span<float>(scratch, count * matrix.Columns));
}
