using System;
using System.Linq;
using CheckpointBuild.Tensors.Views;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Laws;

/// <summary>The product of low-rank factors: vector equals scalar, bit for bit.</summary>
public sealed class LoraProductLaws
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 16, 2)]
    [InlineData(4, 32, 8)]
    [InlineData(9, 47, 16)]
    [InlineData(17, 129, 3)]
    public void Vectors_give_what_one_number_after_the_other_gives(int rows, int columns, int rank)
    {
        var random = new SeededRandom(23);
        float[] left = [.. Enumerable.Range(0, rows * rank).Select(_ => random.NextWeight())];
        float[] right = [.. Enumerable.Range(0, rank * columns).Select(_ => random.NextWeight())];
        float[] expected = new float[rows * columns];
        for (int row = 0; row < rows; row++)
        {
            LoraProduct.MultiplyScalar(left.AsSpan(row * rank, rank), right, 0, expected.AsSpan(row * columns, columns));
        }

        float[] actual = new float[rows * columns];
        LoraProduct.Multiply(left, right, rank, actual);

        Assert.Equal(expected, actual);
    }
}
