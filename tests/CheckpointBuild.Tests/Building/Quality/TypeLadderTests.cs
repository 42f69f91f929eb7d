using System.Linq;
using CheckpointBuild.Building.Quality;
using CheckpointBuild.DTypes;
using CheckpointBuild.Tests.Infrastructure;
using Xunit;

namespace CheckpointBuild.Tests.Building.Quality;

/// <summary>Bytes go where they save most.</summary>
public sealed class TypeLadderTests
{
    [Fact]
    public void Within_takes_the_step_that_saves_most_for_a_byte()
    {
        var ladder = new TypeLadder([[Option(10, 5), Option(20, 4)], [Option(10, 5), Option(20, 1)]]);

        Assert.Equal([10L, 20L], ladder.Within(30)!.Select(o => o.Bytes));
    }

    [Fact]
    public void Within_never_spends_more_than_there_is_and_more_never_loses_more()
    {
        TypeOption[][] tensors = [.. Enumerable.Range(0, 12).Select(t => Options((ulong)t))];
        var ladder = new TypeLadder(tensors);
        double before = double.MaxValue;
        for (long bytes = tensors.Sum(t => t.Min(o => o.Bytes)); bytes < 6000; bytes += 37)
        {
            TypeOption[] bought = ladder.Within(bytes)!;
            Assert.True(bought.Sum(o => o.Bytes) <= bytes);
            Assert.True(bought.Sum(o => o.Loss) <= before + 1e-9);
            before = bought.Sum(o => o.Loss);
        }
    }

    [Fact]
    public void Within_gives_nothing_where_the_smallest_types_are_too_large() => Assert.Null(new TypeLadder([[Option(10, 5)]]).Within(9));

    [Fact]
    public void A_type_that_is_larger_and_loses_more_is_never_taken()
    {
        var ladder = new TypeLadder([[Option(10, 5), Option(20, 6), Option(30, 1)]]);

        Assert.Equal(1, ladder.Count);
        Assert.Equal([10L, 10L, 30L], new[] { 10L, 25, 99 }.Select(bytes => ladder.Within(bytes)![0].Bytes));
    }

    private static TypeOption Option(long bytes, double loss) => new(DType.F32, bytes, loss);

    private static TypeOption[] Options(ulong seed)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(1, 6).Select(i => Option(i * 70, (2 + random.NextWeight()) / i))];
    }
}
