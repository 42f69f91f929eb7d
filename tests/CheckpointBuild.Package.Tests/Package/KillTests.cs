using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using Xunit;

namespace CheckpointBuild.Package.Tests.Package;

/// <summary>SIGKILL at any moment, of the build or of the tool: nothing half-written is ever taken for an engine, no process stays, and the next build is right.</summary>
public sealed class KillTests(PackageFeed feed) : IDisposable
{
    private const string KillsVariable = "CHECKPOINTBUILD_KILLS";
    private const int DefaultKills = 2;
    private const int ToolsPart = 100; // of a build's time: short enough that a tool that was met is still there.
    private const int Seed = 20_240_817;

    private static readonly string[] Options = ["""Quantization="q8_0" """, """DType="f16" """];

    // The tool gives itself 3 s after its lifeline broke; a compiler that lost its build ends by itself.
    private static readonly TimeSpan OrphanLimit = TimeSpan.FromSeconds(20);

    private readonly StrangerFolder _folder = new(feed);
    private int _toolsKilled;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_build_killed_at_any_moment_leaves_nothing_that_the_next_one_trips_over()
    {
        // Two engines that take turns: before each kill the older one lies in bin, and the other one is to be built.
        string[] engines = [BuildFirst(Options[0]), BuildFirst(Options[1])];
        ForgetStore();
        long start = Stopwatch.GetTimestamp();
        Write(Options[0]);
        Build().Succeeded();
        TimeSpan whole = Stopwatch.GetElapsedTime(start);

        var random = new Random(Seed);
        int kills = int.TryParse(Environment.GetEnvironmentVariable(KillsVariable), NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? asked : DefaultKills;
        for (int i = 0; i < kills; i++)
        {
            (string older, string newer) = (engines[i % 2], engines[(i + 1) % 2]);
            Assert.Equal(older, StrangerFolder.Sha256(_folder.Engine("app")));
            ForgetStore();
            Write(Options[(i + 1) % 2]);
            KillAfter(whole * random.NextDouble(), killTool: i % 4 is 1 or 2);
            Assert.True(SpinWait.SpinUntil(() => Ours().Length == 0, OrphanLimit), "A process outlived the build that was killed: " + string.Join(", ", Ours()));
            Assert.Contains(StrangerFolder.Sha256(Assert.Single(_folder.Engines("app", "bin"))), new[] { older, newer });

            Build().Succeeded();
            Assert.Equal(newer, StrangerFolder.Sha256(Assert.Single(_folder.Engines("app", "bin"))));
            Assert.Empty(_folder.Parts("app", "bin"));
        }

        Assert.True(_toolsKilled > 0 || !Directory.Exists("/proc"), "No tool was ever met alive; the kills prove nothing.");
    }

    [Theory]
    [InlineData("TERM")]
    public void A_build_that_is_asked_to_stop_leaves_no_process_and_nothing_half_written(string signal)
    {
        string older = BuildFirst(Options[0]);
        ForgetStore();
        Write(Options[1]);
        using (Process build = Start())
        {
            _ = SpinWait.SpinUntil(() => build.HasExited || Tools().Length > 0, OrphanLimit);
            using Process ask = Process.Start("kill", ["-" + signal, build.Id.ToString(CultureInfo.InvariantCulture)]);
            ask.WaitForExit();
            build.WaitForExit();
        }

        Assert.True(SpinWait.SpinUntil(() => Ours().Length == 0, OrphanLimit), "A process outlived the build that was stopped: " + string.Join(", ", Ours()));
        Assert.Empty(_folder.Parts("app", "bin"));
        Build().Succeeded();
        Assert.NotEqual(older, StrangerFolder.Sha256(Assert.Single(_folder.Engines("app", "bin"))));
    }

    private CommandResult Build() => _folder.Run("build", "app", "--no-restore");

    private void Write(string options) => _folder.WriteProject("app", $"""Engine="gguf" {options}""");

    private string BuildFirst(string options)
    {
        Write(options);
        _folder.Run("build", "app").Succeeded();
        return StrangerFolder.Sha256(_folder.Engine("app"));
    }

    // Without the store every round has the whole work before it; the output keeps the engine of the round before.
    private void ForgetStore() => Directory.Delete(_folder.Store, recursive: true);

    private Process Start()
    {
        Process build = _folder.DotNet.Start(_folder.Root, "build", "app", "--no-restore");
        build.StandardInput.Close();
        _ = build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        _ = build.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        return build;
    }

    private void KillAfter(TimeSpan delay, bool killTool)
    {
        using Process build = Start();
        if (killTool)
        {
            // The tool lives for a fraction of the build: wait for it, then for a part of that fraction.
            _ = SpinWait.SpinUntil(() => build.HasExited || Tools().Length > 0, OrphanLimit);
            _ = build.WaitForExit(delay / ToolsPart);
            foreach (int tool in Tools())
            {
                Kill(tool);
                _toolsKilled++;
            }

            build.WaitForExit();
            return;
        }

        if (!build.WaitForExit(delay))
        {
            build.Kill();
        }

        build.WaitForExit();
    }

    private static void Kill(int id)
    {
        try
        {
            TestProcess.Kill(id);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // It was faster.
        }
    }

    private int[] Tools() => [.. Ours().Where(id => TestProcess.CommandLine(id).Contains("ckpt.dll", StringComparison.Ordinal))];

    // Every process that names this test's folder in its arguments was started for it.
    private int[] Ours() => [.. TestProcess.All().Where(id => TestProcess.CommandLine(id).Contains(_folder.Root, StringComparison.Ordinal))];
}
