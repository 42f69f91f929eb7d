using System;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Quantization.Judging;

/// <summary>What a dtype would lose of a matrix, estimated from rows that lie evenly over it.</summary>
internal static class WeightNoise
{
    /// <summary>Sums the squares of differences, each column's by how much it counts.</summary>
    /// <param name="converted">The matrix as it would be written.</param>
    /// <param name="importance">How much each column's error counts; null = all the same.</param>
    /// <param name="mostRows">How many rows are looked at.</param>
    /// <param name="workspace">Lends memory.</param>
    /// <returns>The estimate over all rows, and the same sum of the weights themselves.</returns>
    public static (double Lost, double All) Of(Converted converted, ColumnWeights? importance, int mostRows, Workspace workspace)
    {
        ArgumentNullException.ThrowIfNull(converted);
        int columns = converted.Columns;
        float[] before = new float[columns], after = new float[columns];
        long count = Math.Min(mostRows, converted.Rows);
        double lost = 0, all = 0;
        for (long i = 0; i < count; i++)
        {
            long row = i * converted.Rows / count;
            Read(converted.Source, row, before, workspace);
            Read(converted, row, after, workspace);
            ReadOnlySpan<float> weights = importance is null ? default : importance.OfRow(row);
            for (int column = 0; column < columns; column++)
            {
                double weight = weights.IsEmpty ? 1 : weights[column], difference = (double)before[column] - after[column];
                lost += weight * difference * difference;
                all += weight * before[column] * before[column];
            }
        }

        double scale = (double)converted.Rows / count;
        return (lost * scale, all * scale);
    }

    private static void Read(Tensor tensor, long row, Span<float> values, Workspace workspace)
    {
        using Band band = tensor.ReadBand(new RowRange(row, 1), workspace);
        tensor.DType.Decode(band.Planes, tensor.Columns, values);
    }
}
