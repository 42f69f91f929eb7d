using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CheckpointBuild.Runtime.Kernels;

/// <summary>Sums of value rows, weighted by the attention of six queries: <c>sums[q] += Σ_j weights[q, j] · values[j]</c>, one multiply-add after the other in the order of j.</summary>
internal static unsafe partial class WeightedSum
{
    /// <summary>Adds to the sums of six queries.</summary>
    /// <param name="weights">[6, count] at a distance of <paramref name="weightStride"/>; a weight of 0 leaves a sum as it is.</param>
    /// <param name="weightStride">Numbers from one query's weights to the next's.</param>
    /// <param name="values">[count, width].</param>
    /// <param name="count">How many value rows.</param>
    /// <param name="width">Numbers of a value row, a multiple of 16.</param>
    /// <param name="sums">[6, width].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* weights, nint weightStride, float* values, int count, int width, float* sums)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            int column = 0;
            for (; column <= width - 32; column += 32)
            {
                Add32(weights, weightStride, values + column, count, width, sums + column);
            }

            if (column < width)
            {
                Add16(weights, weightStride, values + column, count, width, sums + column);
            }
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            for (int column = 0; column < width; column += 8)
            {
                Add8(weights, weightStride, values + column, count, width, sums + column);
            }
        }
        else
        {
            AddScalar(weights, weightStride, values, count, width, sums);
        }
    }

    /// <summary>The specification.</summary>
    internal static void AddScalar(float* weights, nint weightStride, float* values, int count, int width, float* sums)
    {
        for (int query = 0; query < Tile.Tokens; query++)
        {
            for (int j = 0; j < count; j++)
            {
                float weight = weights[(query * weightStride) + j];
                float* row = values + ((nint)j * width);
                float* sum = sums + (query * width);
                for (int column = 0; column < width; column++)
                {
                    sum[column] = float.MultiplyAddEstimate(weight, row[column], sum[column]);
                }
            }
        }
    }
}
