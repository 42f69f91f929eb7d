using System;
using System.Linq;
using Xunit;

namespace CheckpointBuild.Runtime.Tests;

/// <summary>The slopes of linear biases, as the paper and its authors' code have them.</summary>
public sealed class AlibiSlopesTests
{
    [Fact]
    public void Slopes_of_a_power_of_two_of_heads_are_powers_of_one_base() =>
        Assert.Equal(Enumerable.Range(1, 8).Select(i => MathF.Pow(2, -i)), AlibiSlopes.Of(8, 8));

    [Fact]
    public void Slopes_of_other_numbers_of_heads_go_on_with_every_other_one_of_the_next_power() =>
        Assert.Equal([MathF.Pow(2, -2), MathF.Pow(2, -4), MathF.Pow(2, -6), MathF.Pow(2, -8), MathF.Pow(2, -1), MathF.Pow(2, -3)], AlibiSlopes.Of(6, 8));
}
