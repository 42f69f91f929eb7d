using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using Xunit;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>What an engine that is up to date adds to a build: printed, because a figure in seconds says something about one machine alone.</summary>
public sealed class NoOpCostTests(PackageFeed feed, ITestOutputHelper output) : IDisposable
{
    private const int Items = 8;
    private const int Rounds = 5;

    private readonly StrangerFolder _folder = new(feed);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_cost_of_an_engine_that_is_up_to_date_is_measured()
    {
        string items = string.Concat(Enumerable.Range(0, Items).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"""<ModelCheckpoint Include="../models/doc-llama" Engine="gguf" Quantization="q8_0" EngineName="engine-{i}" />""")));
        _folder.WriteProject("app", null, extra: $"<ItemGroup>{items}</ItemGroup>");
        _folder.Run("build", "app").Succeeded();

        // The least of several rounds, in turns: what else the machine does only ever adds.
        TimeSpan with = TimeSpan.MaxValue, without = TimeSpan.MaxValue;
        for (int i = 0; i < Rounds; i++)
        {
            with = Least(with, "-p:CheckpointBuildSkip=false");
            without = Least(without, "-p:CheckpointBuildSkip=true");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"no-op build {with.TotalSeconds:F2} s, skipping models {without.TotalSeconds:F2} s, {Items} items: {(with - without).TotalMilliseconds / Items:F1} ms an item"));
    }

    private TimeSpan Least(TimeSpan before, string property)
    {
        long start = Stopwatch.GetTimestamp();
        _folder.Run("build", "app", "--no-restore", property).Succeeded();
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        return time < before ? time : before;
    }
}
