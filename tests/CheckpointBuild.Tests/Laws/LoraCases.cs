using System;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Infrastructure;

namespace CheckpointBuild.Tests.Laws;

/// <summary>Views that put an adapter into a matrix, with what they mean computed number by number.</summary>
internal static class LoraCases
{
    // Two tiles of vectors and a rest; rows that are no multiple of those multiplied at once.
    private const int Rows = 30;
    private const int Columns = 43;
    private const int Rank = 5;
    private const float Scale = 7f / 3;

    private static readonly float[] W = Weights(3, Rows * Columns);
    private static readonly float[] A = Weights(4, Rank * Columns);
    private static readonly float[] B = Weights(5, Rows * Rank);
    private static readonly float[] M = [.. Weights(6, Rows).Select(v => 1 + v)];

    /// <summary>The cases.</summary>
    public static ImmutableArray<ViewCase> All { get; } =
    [
        Case("low-rank change", LoraRounding.Peft, DType.BF16, DType.F32, false),
        Case("low-rank change in float32", LoraRounding.Peft, DType.F32, DType.F32, false),
        Case("low-rank change rounded first", LoraRounding.PeftSafe, DType.BF16, DType.F32, false),
        Case("low-rank change of 16-bit factors", LoraRounding.Peft, DType.BF16, DType.BF16, false),
        Case("low-rank change in torchtune's order", LoraRounding.Torchtune, DType.BF16, DType.BF16, false),
        Case("low-rank change with lengths", LoraRounding.Peft, DType.BF16, DType.F32, true),
        Case("low-rank change with lengths in 16 bits", LoraRounding.Peft, DType.BF16, DType.BF16, true),
        Case("low-rank change with lengths in torchtune's order", LoraRounding.Torchtune, DType.BF16, DType.BF16, true),
        new("rows replaced", new ReplacedRows(Store("w", DType.F32, W, Rows, Columns), Store("rows", DType.F32, A, Rank, Columns), [7, 0, 29, 7, 12]), Replaced([7, 0, 29, 7, 12])),
        new("rows placed among zeros", new PlacedRows(Store("rows", DType.F32, A, Rank, Columns), [4, PlacedRows.Nowhere, 0, 0], null), Placed([4, PlacedRows.Nowhere, 0, 0], new float[4 * Columns])),
        new("rows placed among others", new PlacedRows(Store("rows", DType.F32, A, Rank, Columns), [PlacedRows.Nowhere, 3, PlacedRows.Nowhere], Store("w", DType.F32, W[..(3 * Columns)], 3, Columns)), Placed([PlacedRows.Nowhere, 3, PlacedRows.Nowhere], W[..(3 * Columns)])),
    ];

    private static byte[] Placed(long[] from, float[] elsewhere)
    {
        float[] rows = [.. elsewhere];
        foreach ((long source, int row) in from.Select((f, i) => (f, i)).Where(p => p.f != PlacedRows.Nowhere))
        {
            A.AsSpan((int)source * Columns, Columns).CopyTo(rows.AsSpan(row * Columns));
        }

        return DTypeRows.Encode(DType.F32, rows, rows.Length).Bytes;
    }

    private static ViewCase Case(string name, LoraRounding rounding, DType matrix, DType factors, bool lengths)
    {
        var view = new MergedLora(Store("w", matrix, W, Rows, Columns), Store("a", DType.F32, A, Rank, Columns), Store("b", DType.F32, B, Rows, Rank), Scale)
        {
            Rounding = rounding,
            FactorDType = factors,
            Magnitude = lengths ? Store("m", DType.F32, M, Rows, 1) : null,
        };
        return new ViewCase(name, view, DTypeRows.Encode(matrix, Expected(view), Rows * Columns).Bytes);
    }

    private static float[] Expected(MergedLora view)
    {
        DType f = view.FactorDType;
        float[] sums = new float[Rows * Columns];
        for (int i = 0; i < sums.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, Columns);
            float product = 0;
            for (int k = 0; k < Rank; k++)
            {
                float b = Round(f, B[(row * Rank) + k]);
                product = MathF.FusedMultiplyAdd(view.Rounding == LoraRounding.Torchtune ? Round(f, b * Scale) : b, Round(f, A[(k * Columns) + column]), product);
            }

            float change = Round(f, view.Rounding == LoraRounding.Torchtune ? product : product * Scale);
            sums[i] = Round(view.DType, W[i]) + (view.Rounding == LoraRounding.PeftSafe ? Round(view.DType, change) : change);
        }

        return view.Magnitude is null ? sums : Lengthened(sums, view.DType == f ? f : DType.F32);
    }

    private static float[] Lengthened(float[] sums, DType steps)
    {
        for (int row = 0; row < Rows; row++)
        {
            float[] one = [.. sums[(row * Columns)..((row + 1) * Columns)].Select(v => Round(steps, v))];
            double[] parts = new double[8];
            for (int i = 0; i < one.Length; i++)
            {
                parts[i % 8] += (double)one[i] * one[i];
            }

            double all = parts[0] + parts[1] + (parts[2] + parts[3]) + (parts[4] + parts[5] + (parts[6] + parts[7]));
            float factor = Round(steps, Round(steps, M[row]) / Round(steps, (float)Math.Sqrt(all)));
            for (int i = 0; i < one.Length; i++)
            {
                sums[(row * Columns) + i] = factor * one[i];
            }
        }

        return sums;
    }

    private static byte[] Replaced(int[] indices)
    {
        float[] rows = [.. W];
        for (int i = 0; i < indices.Length; i++)
        {
            A.AsSpan(i * Columns, Columns).CopyTo(rows.AsSpan(indices[i] * Columns));
        }

        return DTypeRows.Encode(DType.F32, rows, rows.Length).Bytes;
    }

    private static float Round(DType dtype, float value) => DTypeRows.Encode(dtype, [value], 1).Decode()[0];

    private static Stored Store(string name, DType dtype, float[] values, params ReadOnlySpan<long> shape) =>
        new(name, dtype, new Shape(shape), new ArraySource([1, .. DTypeRows.Encode(dtype, values, values.Length).Bytes]), 1);

    private static float[] Weights(ulong seed, int count)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextWeight())];
    }
}
