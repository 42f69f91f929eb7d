using System;
using System.Linq;
using CheckpointBuild.Models;
using CheckpointBuild.Runtime.Kernels;
using CheckpointBuild.Runtime.Tests.Support;
using Xunit;

namespace CheckpointBuild.Runtime.Tests.Kernels;

/// <summary>Norm, softmax, nonlinearities and rotation against their definitions in double precision.</summary>
public sealed class FunctionTests
{
    // A few roundings of 2^-24 each.
    private const double Relative = 1e-6;

    public static TheoryData<Activation> Activations => [.. Reference.Activations];

    [Theory]
    [MemberData(nameof(Activations))]
    public void Activation_equals_its_definition(Activation activation)
    {
        float[] values = [.. Enumerable.Range(-700, 1401).Select(i => i / 64f)];
        float[] actual = [.. values];

        Gate.Apply(activation, actual);

        for (int i = 0; i < values.Length; i++)
        {
            // Far out a GELU is a difference of nearly equal numbers: the bound is of the larger ones there.
            Assert.Equal(Reference.Activate(activation, values[i]), actual[i], Relative * (1 + Math.Abs(values[i])));
        }
    }

    [Fact]
    public void Complementary_error_function_is_good_to_float32()
    {
        for (double x = -5; x <= 5; x += 1 / 64.0)
        {
            Assert.Equal(1 - Reference.Erf(x), Gate.ComplementaryError(x), 2e-7);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(576)]
    public void Norm_equals_its_definition(int width)
    {
        float[] input = SeededNumbers.Of(1, width, 20), weight = SeededNumbers.Of(2, width), output = new float[width];
        double scale = 1 / Math.Sqrt(input.Average(v => (double)v * v) + 1e-5);

        RmsNorm.Apply(input, weight, 1e-5f, output);

        for (int i = 0; i < width; i++)
        {
            Assert.Equal(input[i] * scale * weight[i], output[i], Relative * Math.Abs(input[i] * scale * weight[i]));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public void Softmax_weights_and_their_sum_equal_their_definition(int count)
    {
        float[] scores = SeededNumbers.Of(1, count, 30), weights = [.. scores];

        float sum = Softmax.Weights(weights, 0.5f);

        double[] expected = [.. scores.Select(s => Math.Exp(0.5 * (s - (double)scores.Max())))];
        Assert.Equal(expected.Sum(), sum, Relative * expected.Sum());
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(expected[i], weights[i], Relative);
        }
    }

    [Fact]
    public void Rotation_turns_each_pair_by_its_angle()
    {
        float[] head = [3, 0, 4, 2];

        Rotary.Turn(head, [0, 1], [1, 0]);

        Assert.Equal([-4, 0, 3, 2], head);
    }
}
