using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CheckpointBuild.Runtime.Kernels;

/// <content>Vector form: a slice of the columns of all six queries' sums stays in registers while the value rows pass by. Per column the operations of <see cref="AddScalar"/> in its order.</content>
internal static unsafe partial class WeightedSum
{
    // 32 columns in two vectors of 16: 12 sums in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add32(float* weights, nint weightStride, float* values, int count, nint width, float* sums)
    {
        float* w3 = weights + (3 * weightStride);
        Vector512<float> low0 = Vector512.Load(sums), high0 = Vector512.Load(sums + 16);
        Vector512<float> low1 = Vector512.Load(sums + width), high1 = Vector512.Load(sums + width + 16);
        Vector512<float> low2 = Vector512.Load(sums + (2 * width)), high2 = Vector512.Load(sums + (2 * width) + 16);
        Vector512<float> low3 = Vector512.Load(sums + (3 * width)), high3 = Vector512.Load(sums + (3 * width) + 16);
        Vector512<float> low4 = Vector512.Load(sums + (4 * width)), high4 = Vector512.Load(sums + (4 * width) + 16);
        Vector512<float> low5 = Vector512.Load(sums + (5 * width)), high5 = Vector512.Load(sums + (5 * width) + 16);
        for (int j = 0; j < count; j++, values += width)
        {
            Vector512<float> low = Vector512.Load(values), high = Vector512.Load(values + 16);
            Vector512<float> weight = Vector512.Create(weights[j]);
            low0 = Vector512.MultiplyAddEstimate(weight, low, low0);
            high0 = Vector512.MultiplyAddEstimate(weight, high, high0);
            weight = Vector512.Create(weights[weightStride + j]);
            low1 = Vector512.MultiplyAddEstimate(weight, low, low1);
            high1 = Vector512.MultiplyAddEstimate(weight, high, high1);
            weight = Vector512.Create(weights[(2 * weightStride) + j]);
            low2 = Vector512.MultiplyAddEstimate(weight, low, low2);
            high2 = Vector512.MultiplyAddEstimate(weight, high, high2);
            weight = Vector512.Create(w3[j]);
            low3 = Vector512.MultiplyAddEstimate(weight, low, low3);
            high3 = Vector512.MultiplyAddEstimate(weight, high, high3);
            weight = Vector512.Create(w3[weightStride + j]);
            low4 = Vector512.MultiplyAddEstimate(weight, low, low4);
            high4 = Vector512.MultiplyAddEstimate(weight, high, high4);
            weight = Vector512.Create(w3[(2 * weightStride) + j]);
            low5 = Vector512.MultiplyAddEstimate(weight, low, low5);
            high5 = Vector512.MultiplyAddEstimate(weight, high, high5);
        }

        low0.Store(sums);
        high0.Store(sums + 16);
        low1.Store(sums + width);
        high1.Store(sums + width + 16);
        low2.Store(sums + (2 * width));
        high2.Store(sums + (2 * width) + 16);
        low3.Store(sums + (3 * width));
        high3.Store(sums + (3 * width) + 16);
        low4.Store(sums + (4 * width));
        high4.Store(sums + (4 * width) + 16);
        low5.Store(sums + (5 * width));
        high5.Store(sums + (5 * width) + 16);
    }

    // 16 columns in one vector.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add16(float* weights, nint weightStride, float* values, int count, nint width, float* sums)
    {
        float* w3 = weights + (3 * weightStride);
        Vector512<float> sum0 = Vector512.Load(sums);
        Vector512<float> sum1 = Vector512.Load(sums + width);
        Vector512<float> sum2 = Vector512.Load(sums + (2 * width));
        Vector512<float> sum3 = Vector512.Load(sums + (3 * width));
        Vector512<float> sum4 = Vector512.Load(sums + (4 * width));
        Vector512<float> sum5 = Vector512.Load(sums + (5 * width));
        for (int j = 0; j < count; j++, values += width)
        {
            Vector512<float> row = Vector512.Load(values);
            sum0 = Vector512.MultiplyAddEstimate(Vector512.Create(weights[j]), row, sum0);
            sum1 = Vector512.MultiplyAddEstimate(Vector512.Create(weights[weightStride + j]), row, sum1);
            sum2 = Vector512.MultiplyAddEstimate(Vector512.Create(weights[(2 * weightStride) + j]), row, sum2);
            sum3 = Vector512.MultiplyAddEstimate(Vector512.Create(w3[j]), row, sum3);
            sum4 = Vector512.MultiplyAddEstimate(Vector512.Create(w3[weightStride + j]), row, sum4);
            sum5 = Vector512.MultiplyAddEstimate(Vector512.Create(w3[(2 * weightStride) + j]), row, sum5);
        }

        sum0.Store(sums);
        sum1.Store(sums + width);
        sum2.Store(sums + (2 * width));
        sum3.Store(sums + (3 * width));
        sum4.Store(sums + (4 * width));
        sum5.Store(sums + (5 * width));
    }

    // 8 columns in one vector.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add8(float* weights, nint weightStride, float* values, int count, nint width, float* sums)
    {
        float* w3 = weights + (3 * weightStride);
        Vector256<float> sum0 = Vector256.Load(sums);
        Vector256<float> sum1 = Vector256.Load(sums + width);
        Vector256<float> sum2 = Vector256.Load(sums + (2 * width));
        Vector256<float> sum3 = Vector256.Load(sums + (3 * width));
        Vector256<float> sum4 = Vector256.Load(sums + (4 * width));
        Vector256<float> sum5 = Vector256.Load(sums + (5 * width));
        for (int j = 0; j < count; j++, values += width)
        {
            Vector256<float> row = Vector256.Load(values);
            sum0 = Vector256.MultiplyAddEstimate(Vector256.Create(weights[j]), row, sum0);
            sum1 = Vector256.MultiplyAddEstimate(Vector256.Create(weights[weightStride + j]), row, sum1);
            sum2 = Vector256.MultiplyAddEstimate(Vector256.Create(weights[(2 * weightStride) + j]), row, sum2);
            sum3 = Vector256.MultiplyAddEstimate(Vector256.Create(w3[j]), row, sum3);
            sum4 = Vector256.MultiplyAddEstimate(Vector256.Create(w3[weightStride + j]), row, sum4);
            sum5 = Vector256.MultiplyAddEstimate(Vector256.Create(w3[(2 * weightStride) + j]), row, sum5);
        }

        sum0.Store(sums);
        sum1.Store(sums + width);
        sum2.Store(sums + (2 * width));
        sum3.Store(sums + (3 * width));
        sum4.Store(sums + (4 * width));
        sum5.Store(sums + (5 * width));
    }
}
