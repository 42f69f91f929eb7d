using System;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CheckpointBuild.Tensors.Views;

/// <summary>The product of two thin matrices, a few rows at a time: every number is the sum over k of b[row, k] · a[k, column], from k = 0 upwards, with one rounding a step (fused), as PyTorch's CPU kernels give it for such ranks.</summary>
/// <remarks>Vectors hold neighbouring columns, so that a column's sum has the same order whatever the width; a fused step is the same number in hardware and in software. So vector equals scalar, bit for bit, on every processor.</remarks>
internal static class LoraProduct
{
    // Four rows of two vectors: eight sums, two numbers of A and one of B stay in sixteen registers.
    private const int RowsAtOnce = 4;
    private static readonly int ColumnsAtOnce = 2 * Vector256<float>.Count;

    /// <summary>Multiplies.</summary>
    /// <param name="left">[rows, rank], row after row.</param>
    /// <param name="right">[rank, columns], row after row.</param>
    /// <param name="rank">What both share; at least 1.</param>
    /// <param name="product">Receives [rows, columns].</param>
    public static void Multiply(ReadOnlySpan<float> left, ReadOnlySpan<float> right, int rank, Span<float> product)
    {
        int columns = right.Length / rank;
        int rows = left.Length / rank;
        int tiled = columns - (columns % ColumnsAtOnce);

        // A stretch of columns for all rows before the next: its share of A stays in the first-level cache.
        for (int column = 0; column < tiled; column += ColumnsAtOnce)
        {
            int row = 0;
            for (; row <= rows - RowsAtOnce; row += RowsAtOnce)
            {
                FourRows(left[(row * rank)..], right[column..], rank, columns, product[((row * columns) + column)..]);
            }

            for (; row < rows; row++)
            {
                OneRow(left.Slice(row * rank, rank), right[column..], columns, product.Slice((row * columns) + column, ColumnsAtOnce));
            }
        }

        for (int row = 0; row < rows; row++)
        {
            MultiplyScalar(left.Slice(row * rank, rank), right, tiled, product.Slice(row * columns, columns));
        }
    }

    /// <summary>The specification: one row of the product, column by column.</summary>
    /// <param name="left">One row, [rank].</param>
    /// <param name="right">[rank, columns].</param>
    /// <param name="from">The first column that is wanted.</param>
    /// <param name="product">Receives the row, [columns]; what stands before <paramref name="from"/> is left alone.</param>
    public static void MultiplyScalar(ReadOnlySpan<float> left, ReadOnlySpan<float> right, int from, Span<float> product)
    {
        for (int column = from; column < product.Length; column++)
        {
            float sum = 0;
            for (int k = 0; k < left.Length; k++)
            {
                sum = MathF.FusedMultiplyAdd(left[k], right[(k * product.Length) + column], sum);
            }

            product[column] = sum;
        }
    }

    private static void FourRows(ReadOnlySpan<float> left, ReadOnlySpan<float> right, int rank, int columns, Span<float> product)
    {
        int width = Vector256<float>.Count;
        Vector256<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        for (int k = 0; k < rank; k++)
        {
            ref float from = ref MemoryMarshal.GetReference(right[(k * columns)..]);
            Vector256<float> a0 = Vector256.LoadUnsafe(ref from), a1 = Vector256.LoadUnsafe(ref from, (nuint)width);
            Vector256<float> b = Vector256.Create(left[k]);
            s00 = Vector256.FusedMultiplyAdd(b, a0, s00);
            s01 = Vector256.FusedMultiplyAdd(b, a1, s01);
            b = Vector256.Create(left[rank + k]);
            s10 = Vector256.FusedMultiplyAdd(b, a0, s10);
            s11 = Vector256.FusedMultiplyAdd(b, a1, s11);
            b = Vector256.Create(left[(2 * rank) + k]);
            s20 = Vector256.FusedMultiplyAdd(b, a0, s20);
            s21 = Vector256.FusedMultiplyAdd(b, a1, s21);
            b = Vector256.Create(left[(3 * rank) + k]);
            s30 = Vector256.FusedMultiplyAdd(b, a0, s30);
            s31 = Vector256.FusedMultiplyAdd(b, a1, s31);
        }

        s00.CopyTo(product);
        s01.CopyTo(product[width..]);
        s10.CopyTo(product[columns..]);
        s11.CopyTo(product[(columns + width)..]);
        s20.CopyTo(product[(2 * columns)..]);
        s21.CopyTo(product[((2 * columns) + width)..]);
        s30.CopyTo(product[(3 * columns)..]);
        s31.CopyTo(product[((3 * columns) + width)..]);
    }

    private static void OneRow(ReadOnlySpan<float> left, ReadOnlySpan<float> right, int columns, Span<float> product)
    {
        int width = Vector256<float>.Count;
        Vector256<float> s0 = default, s1 = default;
        for (int k = 0; k < left.Length; k++)
        {
            Vector256<float> b = Vector256.Create(left[k]);
            s0 = Vector256.FusedMultiplyAdd(b, Vector256.Create(right[(k * columns)..]), s0);
            s1 = Vector256.FusedMultiplyAdd(b, Vector256.Create(right[((k * columns) + width)..]), s1);
        }

        s0.CopyTo(product);
        s1.CopyTo(product[width..]);
    }
}
