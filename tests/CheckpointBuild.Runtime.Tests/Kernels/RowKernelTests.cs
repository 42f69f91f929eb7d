using System;
using System.Linq;
using CheckpointBuild.DTypes;
using CheckpointBuild.Runtime.Kernels;
using CheckpointBuild.Runtime.Tests.Support;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using Xunit;

namespace CheckpointBuild.Runtime.Tests.Kernels;

/// <summary>Laws over the kernels of every dtype: each gives the same bits as decoding a row and adding in the order of the lanes.</summary>
public sealed unsafe class RowKernelTests
{
    private static readonly int[] ColumnCounts = [1, 5, 16, 40, 72, 96, 256, 576];
    private static readonly int[] RowCounts = [1, 3, 4, 9];

    public static TheoryData<string> DTypeNames => [.. DType.All.Where(d => d is { HasValues: true, PlaneCount: 1 }).Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(DTypeNames))]
    public void Multiply_equals_the_scalar_form_over_decoded_rows(string name) => ForEachShape(name, (matrix, decoded) =>
    {
        using var input = Input(matrix.Columns);
        using var output = new Activations("output", (int)matrix.Rows);
        using var scratch = new Activations("scratch", Tile.Rows * Activations.Pad(matrix.Columns));

        matrix.Kernel.Multiply(matrix, 0, (int)matrix.Rows, input.Pointer, output.Pointer, scratch.Pointer);

        Assert.Equal(Scalar(decoded, matrix.Columns, input), output.Row(0).ToArray());
    });

    [Theory]
    [MemberData(nameof(DTypeNames))]
    public void Tiles_of_expanded_rows_equal_the_product_of_one_token(string name) => ForEachShape(name, (matrix, decoded) =>
    {
        int padded = Activations.Pad(matrix.Columns);
        int rows = (int)Math.Min(matrix.Rows, Tile.Rows);
        using var input = Input(matrix.Columns);
        using var tile = new Activations("tile", Tile.Rows * padded);
        using var scratch = new Activations("scratch", Tile.Rows * padded);
        using var packed = new Activations("packed", Tile.Tokens * padded);
        using var output = new Activations("output", Tile.Tokens * Tile.Rows);
        Runtime.Operations.PackWork.Pack(input.Pointer, padded, packed.Pointer + (2 * Lanes.Count));

        matrix.Kernel.Expand(matrix, 0, rows, tile.Pointer, scratch.Pointer);
        Tile.Multiply(tile.Pointer, packed.Pointer, padded / Lanes.Count, output.Pointer, Tile.Rows);

        Assert.Equal(Scalar(decoded, matrix.Columns, input)[..rows], output.Row(0).Slice(2 * Tile.Rows, rows).ToArray());
    });

    [Theory]
    [MemberData(nameof(DTypeNames))]
    public void Multiply_is_within_the_error_bound_of_float32_sums(string name) => ForEachShape(name, (matrix, decoded) =>
    {
        using var input = Input(matrix.Columns);
        float[] sums = Scalar(decoded, matrix.Columns, input);
        for (int row = 0; row < sums.Length; row++)
        {
            (double exact, double magnitude) = (0, 0);
            for (int column = 0; column < matrix.Columns; column++)
            {
                double product = (double)decoded[(row * matrix.Columns) + column] * input.Row(0)[column];
                exact += product;
                magnitude += Math.Abs(product);
            }

            // One rounding of 2^-24 a step of a lane, and four more over the lanes.
            double bound = ((matrix.Columns / 16) + 5) * Math.Pow(2, -24) * magnitude;
            Assert.InRange(Math.Abs(sums[row] - exact), 0, bound);
        }
    });

    [Fact]
    public void Own_kernels_are_those_of_the_common_dtypes()
    {
        Assert.Equal([DType.F32, DType.F16, DType.BF16, DType.Q8_0, DType.Q4_0], RowKernel.OwnDTypes);
    }

    private static void ForEachShape(string name, Action<WeightMatrix, float[]> check)
    {
        DType dtype = DType.All.First(d => d.Name == name);
        using var pool = new WorkerPool(1);
        using var workspace = new Workspace();
        foreach (int columns in ColumnCounts.Where(c => dtype.Fits(c)))
        {
            foreach (int rows in RowCounts)
            {
                Tensor values = TinyModel.Of("values", DType.F32, new Shape(rows, columns), SeededNumbers.Of((ulong)(rows * columns), rows * columns));
                using WeightMatrix matrix = WeightMatrix.Load(Converted.Of(values, dtype), pool, workspace);
                float[] decoded = new float[rows * columns];
                matrix.Decode(0, rows, decoded);
                check(matrix, decoded);
            }
        }
    }

    private static Activations Input(int columns)
    {
        var input = new Activations("input", columns);
        SeededNumbers.Of(99, columns, 3).CopyTo(input.Row(0));
        return input;
    }

    private static float[] Scalar(float[] decoded, int columns, Activations input)
    {
        float[] sums = new float[decoded.Length / columns];
        fixed (float* rows = decoded)
        {
            for (int row = 0; row < sums.Length; row++)
            {
                sums[row] = FormatKernel<Float32Rows>.MultiplyOne((byte*)(rows + (row * columns)), columns, input.Pointer);
            }
        }

        return sums;
    }
}
