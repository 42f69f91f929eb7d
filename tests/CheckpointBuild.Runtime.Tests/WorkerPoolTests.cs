using System;
using System.Threading;
using Xunit;

namespace CheckpointBuild.Runtime.Tests;

/// <summary>Every band is done once, however many threads there are and however long they slept.</summary>
public sealed class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Run_does_every_band_once(int threads)
    {
        using var pool = new WorkerPool(threads);
        var work = new CountingWork(100);

        for (int i = 1; i <= 2000; i++)
        {
            pool.Run(work);
            Assert.All(work.Counts, count => Assert.Equal(i, count));
        }
    }

    [Fact]
    public void Run_wakes_threads_that_went_to_sleep()
    {
        using var pool = new WorkerPool(2);
        for (int i = 0; i < 3; i++)
        {
            var work = new MeetingWork();
            pool.Run(work);
            Assert.True(work.Met);
            Thread.SpinWait(20_000_000);
        }
    }

    [Fact]
    public void Run_throws_what_a_band_threw_and_goes_on_afterwards()
    {
        using var pool = new WorkerPool(3);

        Assert.Throws<InvalidTimeZoneException>(() => pool.Run(new FailingWork()));

        var work = new CountingWork(10);
        pool.Run(work);
        Assert.All(work.Counts, count => Assert.Equal(1, count));
    }

    private sealed class CountingWork(int bands) : IBandedWork
    {
        private readonly int[] _counts = new int[bands];

        public int BandCount => bands;

        public int[] Counts => _counts;

        public void RunBand(int band, int worker) => Interlocked.Increment(ref _counts[band]);
    }

    /// <summary>Two bands that each wait for the other: only two threads can do them.</summary>
    private sealed class MeetingWork : IBandedWork
    {
        private readonly Barrier _barrier = new(2);

        public bool Met { get; private set; } = true;

        public int BandCount => 2;

        public void RunBand(int band, int worker) => Met &= _barrier.SignalAndWait(TimeSpan.FromSeconds(30), CancellationToken.None);
    }

    private sealed class FailingWork : IBandedWork
    {
        public int BandCount => 8;

        public void RunBand(int band, int worker)
        {
            if (band % 3 == 0)
            {
                throw new InvalidTimeZoneException($"band {band}");
            }
        }
    }
}
