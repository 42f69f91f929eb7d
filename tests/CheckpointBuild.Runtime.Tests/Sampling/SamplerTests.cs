using System;
using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Runtime.Sampling;
using CheckpointBuild.Runtime.Tests.Support;
using Xunit;

namespace CheckpointBuild.Runtime.Tests.Sampling;

/// <summary>Which tokens can be chosen, how often, and that a seed decides all.</summary>
public sealed class SamplerTests
{
    private const int Draws = 20_000;

    // Five standard deviations of a frequency over so many draws: a wrong sampler is far outside.
    private static readonly double FrequencyTolerance = 5 * Math.Sqrt(0.25 / Draws);

    private static readonly float[] Logits = [1, 3, 2, -1, 3.5f, 0, float.NegativeInfinity];

    [Fact]
    public void Temperature_0_gives_the_largest_logit() => Assert.Equal(4, new Sampler(SamplingOptions.Greedy, 7).Sample(Logits));

    [Fact]
    public void Temperature_0_gives_the_first_of_equal_logits() => Assert.Equal(1, new Sampler(SamplingOptions.Greedy, 4).Sample([0, 2, 2, 1]));

    [Fact]
    public void Tokens_come_as_often_as_their_probability_says() => Compare(new SamplingOptions { Temperature = 0.8, Seed = 3 }, [0, 1, 2, 3, 4, 5]);

    [Fact]
    public void Top_k_keeps_the_k_largest() => Compare(new SamplingOptions { Temperature = 1, TopK = 3, Seed = 4 }, [4, 1, 2]);

    [Fact]
    public void Top_p_keeps_the_fewest_that_reach_it() => Compare(new SamplingOptions { Temperature = 1, TopP = 0.8, Seed = 5 }, [4, 1]);

    [Fact]
    public void Min_p_keeps_those_with_that_part_of_the_largest_probability() => Compare(new SamplingOptions { Temperature = 1, MinP = 0.2, Seed = 6 }, [4, 1, 2]);

    [Fact]
    public void Top_p_counts_what_top_k_kept() => Compare(new SamplingOptions { Temperature = 1, TopK = 2, TopP = 0.5, Seed = 7 }, [4]);

    [Fact]
    public void Repetition_penalty_pushes_down_what_was_seen()
    {
        var sampler = new Sampler(new SamplingOptions { RepetitionPenalty = 2 }, 7);
        sampler.Observe(4, 1, 3);

        Assert.Equal(2, sampler.Sample(Logits));
    }

    [Fact]
    public void Repetition_penalty_makes_negative_logits_more_negative()
    {
        var sampler = new Sampler(new SamplingOptions { RepetitionPenalty = 2 }, 2);
        sampler.Observe(0);

        Assert.Equal(1, sampler.Sample([-1, -1.5f]));
    }

    [Fact]
    public void Same_seed_gives_the_same_tokens()
    {
        var options = new SamplingOptions { Temperature = 1, TopK = 5, TopP = 0.95, MinP = 0.01, Seed = 42 };

        Assert.Equal(Sample(options, 100), Sample(options, 100));
        Assert.NotEqual(Sample(options, 100), Sample(options with { Seed = 43 }, 100));
    }

    [Fact]
    public void Tokens_of_a_seed_are_the_same_on_every_machine() =>
        Assert.Equal(MadeOnce, Sample(new SamplingOptions { Temperature = 1, Seed = 2026 }, 16));

    // By a program of a few lines in another language.
    private static readonly int[] MadeOnce = [4, 1, 4, 4, 4, 4, 4, 4, 4, 1, 4, 1, 4, 4, 4, 4];

    [Fact]
    public void Generator_gives_the_reference_sequence()
    {
        // xoshiro256** from the state that SplitMix64 makes of 0, as the authors' C code gives it.
        var random = new Xoshiro256(0);

        Assert.Equal(0x99EC5F36CB75F2B4UL, random.Next());
        Assert.Equal(0xBF6E1F784956452AUL, random.Next());
        Assert.Equal(0x1A5F849D4933E6E0UL, random.Next());
    }

    [Fact]
    public void Exponential_is_good_to_double_precision()
    {
        for (double x = 0; x > -40; x -= 0.37)
        {
            Assert.Equal(Math.Exp(x), Exponential.OfNegative(x), 1e-15 * Math.Exp(x));
        }

        Assert.Equal(0, Exponential.OfNegative(double.NegativeInfinity));
    }

    [Fact]
    public void Heap_gives_ids_in_order_of_logits_and_then_of_ids()
    {
        float[] logits = [.. SeededNumbers.Of(1, 500).Select(v => MathF.Round(v, 2))];
        var heap = new CandidateHeap(500);
        heap.Fill(logits);

        int[] taken = [.. Enumerable.Range(0, 500).Select(_ => heap.TakeNext())];

        Assert.Equal(Enumerable.Range(0, 500).OrderByDescending(i => logits[i]).ThenBy(i => i), taken);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Logits_that_are_not_finite_are_refused(float bad)
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => new Sampler(SamplingOptions.Greedy, 3).Sample([1, bad, 2]));

        Assert.Equal("CKPT5004", error.Code);
    }

    [Theory]
    [InlineData("temperature", -1)]
    [InlineData("temperature", double.NaN)]
    [InlineData("top-k", -1)]
    [InlineData("top-p", 0)]
    [InlineData("top-p", 1.5)]
    [InlineData("min-p", -0.1)]
    [InlineData("repetition-penalty", 0)]
    public void Options_out_of_range_are_refused_by_name(string name, double value)
    {
        SamplingOptions options = name switch
        {
            "temperature" => new() { Temperature = value },
            "top-k" => new() { TopK = (int)value },
            "top-p" => new() { TopP = value },
            "min-p" => new() { MinP = value },
            _ => new() { RepetitionPenalty = value },
        };

        CheckpointException error = Assert.Throws<CheckpointException>(() => new Sampler(options, 3));

        Assert.Equal("CKPT5013", error.Code);
        Assert.Contains(name, error.Message);
    }

    private static int[] Sample(SamplingOptions options, int count)
    {
        var sampler = new Sampler(options, Logits.Length);
        return [.. Enumerable.Range(0, count).Select(_ => sampler.Sample(Logits))];
    }

    private static void Compare(SamplingOptions options, int[] kept)
    {
        double[] weights = [.. kept.Select(id => Math.Exp(Logits[id] / options.Temperature))];
        Dictionary<int, int> counts = Sample(options, Draws).CountBy(id => id).ToDictionary();

        Assert.Equal(kept.Order(), counts.Keys.Order());
        for (int i = 0; i < kept.Length; i++)
        {
            Assert.Equal(weights[i] / weights.Sum(), counts[kept[i]] / (double)Draws, FrequencyTolerance);
        }
    }
}
