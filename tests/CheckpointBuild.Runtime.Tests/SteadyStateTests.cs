using System;
using System.Linq;
using CheckpointBuild.DTypes;
using CheckpointBuild.Runtime.Sampling;
using CheckpointBuild.Runtime.Tests.Support;
using Xunit;

namespace CheckpointBuild.Runtime.Tests;

/// <summary>Tests that count what the whole process allocates; nothing else runs beside them.</summary>
[CollectionDefinition(nameof(SteadyState), DisableParallelization = true)]
public sealed class SteadyState;

/// <summary>Once it runs, a token costs no managed memory on any thread.</summary>
[Collection(nameof(SteadyState))]
public sealed class SteadyStateTests
{
    // The runner itself allocates now and then; one round of several without a byte shows that the decoder does not.
    private const int Rounds = 5;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Decoding_and_sampling_take_no_memory(int threads)
    {
        using Decoder decoder = Decoder.Load(new TinyModel { DType = DType.F16, Biases = true }.Checkpoint, new DecoderOptions { ThreadCount = threads }, TestContext.Current.CancellationToken);
        var sampler = new Sampler(new SamplingOptions { Temperature = 1, TopK = 20, TopP = 0.9, MinP = 0.01, RepetitionPenalty = 1.1, Seed = 1 }, decoder.Config.VocabularySize);
        decoder.Forward([1, 2, 3]);
        Generate(decoder, sampler, 100);

        long least = Enumerable.Range(0, Rounds).Min(_ => AllocatedBy(() => Generate(decoder, sampler, 25)));

        Assert.Equal(0, least);
    }

    private static long AllocatedBy(Action action)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        action();
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private static void Generate(Decoder decoder, Sampler sampler, int count)
    {
        int next = 0;
        for (int i = 0; i < count; i++)
        {
            next = sampler.Sample(decoder.Forward([next]));
            sampler.Observe(next);
        }
    }
}
