using System.Runtime.Intrinsics;
using CheckpointBuild.Runtime.Kernels;
using CheckpointBuild.Runtime.Tests.Support;
using Xunit;

namespace CheckpointBuild.Runtime.Tests.Kernels;

/// <summary>Vectors of 16, of 8 and the scalar loop give the same bits.</summary>
public sealed unsafe class VectorFormTests
{
    private const int Steps = 5;
    private const int Width = 80;
    private const int Positions = 37;

    [Fact]
    public void Tile_in_vectors_of_8_equals_the_scalar_form() => CompareTiles(Tile.Multiply256);

    [Fact]
    public void Tile_in_vectors_of_16_equals_the_scalar_form()
    {
        if (Vector512.IsHardwareAccelerated)
        {
            CompareTiles(Tile.Multiply512);
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(48)]
    [InlineData(96)]
    public void Rows_in_vectors_of_8_equal_the_scalar_form(int columns)
    {
        float[] rows = SeededNumbers.Of(1, Tile.Rows * columns), input = SeededNumbers.Of(2, columns);
        fixed (float* w = rows, x = input)
        {
            Vector128<float> sums = FormatKernel<Float32Rows>.MultiplyFour256((byte*)w, columns * sizeof(float), columns, x, null, (byte*)w);
            for (int row = 0; row < Tile.Rows; row++)
            {
                Assert.Equal(FormatKernel<Float32Rows>.MultiplyOne((byte*)(w + (row * columns)), columns, x), sums[row]);
            }
        }
    }

    [Fact]
    public void Weighted_sums_equal_the_scalar_form()
    {
        float[] weights = SeededNumbers.Of(3, Tile.Tokens * Positions), values = SeededNumbers.Of(4, Positions * Width);
        float[] expected = SeededNumbers.Of(5, Tile.Tokens * Width), actual = [.. expected];
        fixed (float* w = weights, v = values, e = expected, a = actual)
        {
            WeightedSum.AddScalar(w, Positions, v, Positions, Width, e);
            WeightedSum.Add(w, Positions, v, Positions, Width, a);
        }

        Assert.Equal(expected, actual);
    }

    private static void CompareTiles(TileForm form)
    {
        float[] rows = SeededNumbers.Of(1, Steps * Tile.StepFloats), tokens = SeededNumbers.Of(2, Steps * Tile.TokenStepFloats);
        float[] expected = new float[Tile.Tokens * Tile.Rows], actual = new float[expected.Length];
        fixed (float* w = rows, x = tokens, e = expected, a = actual)
        {
            Tile.MultiplyScalar(w, x, Steps, e, Tile.Rows);
            form(w, x, Steps, a, Tile.Rows);
        }

        Assert.Equal(expected, actual);
    }

    private delegate void TileForm(float* rows, float* tokens, int steps, float* output, nint stride);
}
