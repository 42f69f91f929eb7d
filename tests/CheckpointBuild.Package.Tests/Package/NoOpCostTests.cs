using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Xunit;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>What engines that are up to date add to a build: printed, because a figure in seconds says something about one machine alone; that nothing is started or copied is claimed by the matrix.</summary>
public sealed class NoOpCostTests(PackageFeed feed, ITestOutputHelper output) : IDisposable
{
    private const int Engines = 5;
    private const int Rounds = 2;
    private const string RoundsVariable = "CHECKPOINTBUILD_ROUNDS";
    private const long LargeBytes = 4L << 30;

    private readonly StrangerFolder _folder = new(feed);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_cost_of_engines_that_are_up_to_date_is_measured()
    {
        string projects = string.Concat(Enumerable.Range(0, Engines).Select(i => string.Create(CultureInfo.InvariantCulture, $"""<Project Path="app{i}/app{i}.csproj" />""")));
        _folder.Write("All.slnx", $"<Solution>{projects}</Solution>");
        for (int i = 0; i < Engines; i++)
        {
            _folder.WriteProject(string.Create(CultureInfo.InvariantCulture, $"app{i}"), string.Create(CultureInfo.InvariantCulture, $"""Engine="gguf" Quantization="q8_0" EngineName="engine-{i}" """));
        }

        _folder.Run("build", "All.slnx").Succeeded();
        Measure("checkpoint of 12 MB");

        // A file beside the weights that the engine does not need: what is looked at is its name, size and time, never its bytes.
        using (FileStream large = File.Create(Path.Combine(_folder.Checkpoint, "optimizer.state")))
        {
            large.SetLength(LargeBytes);
        }

        _folder.Run("build", "All.slnx", "--no-restore").Succeeded();
        Measure("checkpoint of 4 GB");
    }

    // The least of several rounds, in turns: what else the machine does only ever adds.
    private void Measure(string title)
    {
        int rounds = int.TryParse(Environment.GetEnvironmentVariable(RoundsVariable), NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? asked : Rounds;
        TimeSpan with = TimeSpan.MaxValue, without = TimeSpan.MaxValue;
        for (int i = 0; i < rounds; i++)
        {
            with = Least(with, "-p:CheckpointBuildSkip=false");
            without = Least(without, "-p:CheckpointBuildSkip=true");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{title}: no-op build {with.TotalSeconds:F2} s, skipping models {without.TotalSeconds:F2} s, {Engines} engines: {(with - without).TotalMilliseconds / Engines:F1} ms an engine"));
    }

    private TimeSpan Least(TimeSpan before, string property)
    {
        long start = Stopwatch.GetTimestamp();
        _folder.Run("build", "All.slnx", "--no-restore", property).Succeeded();
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        return time < before ? time : before;
    }
}
